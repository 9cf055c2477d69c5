// Vectors of what stands inside private entries, of the hour clock, and of attachments (spec/epochs.md).
import { createCipheriv } from 'node:crypto';
import { type Compact, compact } from './compact.js';
import type { Vector } from './vector.js';
import { bytesOf, join, sha256, u16, WIRE_TIME } from './wire.js';
import { CBOR_TRUE, cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';
import { CHILD, PARENT } from './wire-private.js';

/** A map inside of an entry, beside the clocks outside of it, and what is read. */
export interface InnerVector extends Vector {
  readonly kind: 'message' | 'control' | 'ack';
  readonly bytes: Compact;
  readonly outer: readonly [time: number, clock: number];
  /** Exact clocks, and for a message its text, for a control entry which keys its body has, for an ack of how many logs it speaks. */
  readonly reads: {
    readonly time: number;
    readonly clock: number;
    readonly says?: string | number | readonly number[];
  } | null;
}

/** Entries of some logs, as [log, seq, outer effective clock, inner clock or null where it is not opened], and their order. */
export interface HourVector extends Vector {
  readonly entries: readonly (readonly [log: string, seq: number, clock: number, inner: number | null])[];
  /** Indices in `entries`. */
  readonly order: readonly number[];
}

/** Exact clocks, and their parts. */
export interface ClockVector extends Vector {
  readonly exact: readonly [time: number, clock: number];
  readonly outer: readonly [time: number, clock: number];
  readonly inner: readonly [time: number, clock: number];
}

/** A file, the key of it, and its blob. */
export interface BlobVector extends Vector {
  readonly key: string;
  readonly file: Compact;
  readonly blob: Compact;
}

const HOUR = 3_600_000;
const LAST = HOUR - 1;
const NOW = Math.floor(WIRE_TIME / HOUR) * HOUR;
const OUTER = [NOW, NOW + HOUR] as const;
const SALT = bytesOf(8, 5);
const IDS = ['a', 'b', 'c'].map((name) => sha256(name)).sort(Buffer.compare);
const [FIRST = SALT, SECOND = SALT] = IDS;

/** Messages, control entries and acknowledgements. */
export function innerVectors(): InnerVector[] {
  return [...messages(), ...controls(), ...acks()];
}

function messages(): InnerVector[] {
  const text: Pairs = [[4, cborText('hi')]];
  const salt: Pairs = [[8, cborBytes(SALT)]];
  const read = (name: string, comment: string, pairs: Pairs, reads: Partial<NonNullable<InnerVector['reads']>> = {}) =>
    vector('message', name, comment, pairs, { time: NOW + 5, clock: NOW + HOUR + 7, says: 'hi', ...reads });
  const none = (name: string, comment: string, pairs: Pairs): InnerVector =>
    vector('message', name, comment, pairs, null);
  const clocks = (time: number, clock: number): Pairs => [
    [1, cborInt(time)],
    [2, cborInt(clock)],
  ];
  const at = clocks(5, 7);
  const file: readonly (Buffer | string | number)[] = [sha256('root'), 4096, 'a.txt', 'text/plain', bytesOf(32, 9), 3];
  const attached = (parts: readonly (Buffer | string | number)[]): Pairs => [
    [7, cborList([cborList(parts.map(item))])],
  ];
  const withFile = (name: string, comment: string, parts: readonly (Buffer | string | number)[], says: string) =>
    read(name, comment, [...at, ...text, ...attached(parts), ...salt], { says });
  return [
    read('plain', 'a text with 8 bytes of salt', [...at, ...text, ...salt]),
    read('expiring', '16 bytes of salt', [...at, ...text, [8, cborBytes(bytesOf(16, 5))]]),
    read('last', 'the last ms of both hours', [...clocks(LAST, LAST), ...text, ...salt], {
      time: NOW + LAST,
      clock: NOW + HOUR + LAST,
    }),
    read('beyond', 'an hour within the hour counts as its end', [...clocks(HOUR, HOUR), ...text, ...salt], {
      time: NOW + LAST,
      clock: NOW + HOUR + LAST,
    }),
    read('below', 'below zero likewise', [...clocks(-1, -1), ...text, ...salt], {
      time: NOW + LAST,
      clock: NOW + HOUR + LAST,
    }),
    read('type', 'a type that is not known', [...at, [3, cborText('poll')], ...text, ...salt], { says: 'poll' }),
    read('later-key', 'a key that is not known', [...at, ...text, ...salt, [99, cborInt(1)]]),
    withFile('attached', 'an attachment of six items', file, 'hi +1'),
    withFile('attached-four', 'one of four, as in open topics: none', file.slice(0, 4), 'hi'),
    withFile('attached-short-key', 'a key of 31 bytes: none', file.with(4, bytesOf(31)), 'hi'),
    withFile('attached-unpadded', 'a blob that is not padded: none', file.with(1, 3), 'hi'),
    withFile('attached-longer', 'a file longer than its blob: none', file.with(5, 4097), 'hi'),
    none('no-salt', 'without salt', [...at, ...text]),
    none('salt-9', '9 bytes of salt', [...at, ...text, [8, cborBytes(bytesOf(9))]]),
    none('salt-text', 'salt that is text', [...at, ...text, [8, cborText('saltsalt')]]),
    none('no-time', 'without key 1', [[2, cborInt(7)], ...text, ...salt]),
    none('no-clock', 'without key 2', [[1, cborInt(5)], ...text, ...salt]),
    none('clock-text', 'a clock that is text', [[1, cborInt(5)], [2, cborText('7')], ...text, ...salt]),
    none('body-number', 'a text that is a number', [...at, [4, cborInt(1)], ...salt]),
    none('critical-key', 'a key below zero', [...at, ...text, ...salt, [-1, cborInt(1)]]),
  ];
}

function controls(): InnerVector[] {
  const at: Pairs = [
    [1, cborInt(5)],
    [2, cborInt(7)],
  ];
  const type: Pairs = [[3, cborText('control')]];
  const body = (name: string, comment: string, pairs: Pairs, isRead = true): InnerVector => {
    const says = pairs.map(([key]) => key as number).filter((key) => key < 6);
    const reads = isRead ? { time: NOW + 5, clock: NOW + HOUR + 7, says } : null;
    return vector('control', name, comment, [...at, ...type, [4, cborMap(pairs)]], reads);
  };
  const bad = (name: string, comment: string, pairs: Pairs): InnerVector => body(name, comment, pairs, false);
  const signed = (signature: Buffer): Buffer =>
    cborList([cborList([cborBytes(Buffer.from('said')), cborBytes(signature)])]);
  const device = (key: Buffer, serial = 3): Buffer => cborList([cborBytes(key), cborInt(serial)]);
  const ids = (...all: readonly Buffer[]): Buffer => cborList(all.map((one) => cborBytes(one)));
  const shared = (epochs: Buffer, devices: readonly Buffer[], what = 0): Pairs => [
    [3, cborList([epochs, cborList(devices), cborInt(what)])],
  ];
  const many = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => join(COMMON, u16(i)));
  const need = (...pairs: Pairs): Pairs => [[4, cborMap(pairs)]];
  const ofLog = (log: Buffer, count: number): Buffer[] => Array.from({ length: count }, (_, n) => device(log, n));
  const sorted = [CHILD.id, PARENT.id].sort(Buffer.compare);
  const whole = [ids(...sorted), [device(FIRST), device(SECOND)]] as const;
  const pair = (log: Buffer, n: number): Buffer => device(log, n);
  return [
    body('empty', 'an empty body', []),
    body('statements', 'a statement', [[1, signed(bytesOf(64))]]),
    body('lists', 'a device list', [[2, signed(bytesOf(64))]]),
    body('shared', 'C and D of two epochs for two devices', shared(...whole)),
    body('shared-control', 'C alone', shared(...whole, 1)),
    body(
      'shared-most',
      '24 epochs, 128 devices',
      shared(
        ids(...many(24)),
        many(128).map((one) => device(one)),
      ),
    ),
    body(
      'need',
      'some of everything',
      need([1, cborList([pair(FIRST, 0), pair(FIRST, 9), pair(SECOND, 0)])], [2, ids(...IDS)], [3, ids(...IDS)]),
    ),
    body('need-nothing', 'nothing is lacking', need()),
    body('need-eight', 'eight epochs of a log', need([1, cborList(ofLog(FIRST, 8))])),
    body('need-most', '512 statements', need([2, ids(...many(512))])),
    body('card', 'a card, whatever is in it', [[5, cborBytes(Buffer.from('card'))]]),
    body('later-key', 'a key that is not known', [[6, cborInt(1)]]),
    vector('control', 'retract', 'a retraction has no body', [...at, [3, cborText('retract')]], {
      time: NOW + 5,
      clock: NOW + HOUR + 7,
      says: 'retract',
    }),
    vector('control', 'no-body', 'without a body', [...at, ...type], null),
    vector('control', 'no-type', 'without a type', [...at, [4, cborMap([])]], null),
    vector('control', 'other-type', 'another type', [...at, [3, cborText('text')], [4, cborMap([])]], null),
    vector('control', 'no-clock', 'without key 2', [[1, cborInt(5)], ...type, [4, cborMap([])]], null),
    bad('critical-key', 'a key below zero', [[-1, cborInt(1)]]),
    bad('signature-63', 'a signature of 63 bytes', [[1, signed(bytesOf(63))]]),
    bad('statement-one', 'a statement without a signature', [[1, cborList([cborList([cborBytes(SALT)])])]]),
    bad('lists-none', 'lists that are no list', [[2, cborInt(1)]]),
    bad('shared-what', 'neither 0 nor 1', shared(...whole, 2)),
    bad('shared-nobody', 'for no device', shared(ids(...sorted), [])),
    bad('shared-nothing', 'no epoch', shared(ids(), [device(FIRST)])),
    bad('shared-descending', 'epochs that descend', shared(ids(...[...sorted].reverse()), [device(FIRST)])),
    bad('shared-twice', 'a device twice', shared(ids(...sorted), [device(FIRST), device(FIRST)])),
    bad('shared-serial', 'serial 0', shared(ids(...sorted), [device(FIRST, 0)])),
    bad('shared-25', '25 epochs', shared(ids(...many(25)), [device(FIRST)])),
    bad(
      'shared-129',
      '129 devices',
      shared(
        ids(...sorted),
        many(129).map((one) => device(one)),
      ),
    ),
    bad('shared-two', 'two items', [[3, cborList([ids(...sorted), cborList([device(FIRST)])])]]),
    bad('need-list', 'a need that is a list', [[4, cborList([])]]),
    bad('need-nine', 'nine epochs of a log', need([1, cborList(ofLog(FIRST, 9))])),
    bad('need-descending', 'pairs that descend', need([1, cborList([pair(FIRST, 1), pair(FIRST, 0)])])),
    bad('need-n', 'the 65,537th epoch of a log', need([1, cborList([pair(FIRST, 65_536)])])),
    bad('need-513', '513 statements', need([2, ids(...many(513))])),
    bad('need-short', 'an id of 31 bytes', need([3, ids(FIRST.subarray(1))])),
    bad('need-critical', 'a key below zero in it', need([-1, cborInt(1)])),
    bad('card-text', 'a card that is text', [[5, cborText('card')]]),
  ];
}

function acks(): InnerVector[] {
  const at: Pairs = [
    [1, cborInt(5)],
    [2, cborInt(7)],
  ];
  const range = cborList([cborInt(0), cborInt(2), cborBytes(FIRST)]);
  const body = cborMap([
    [1, cborList([cborList([cborBytes(FIRST), cborList([range])])])],
    [2, CBOR_TRUE],
  ]);
  const reads = { time: NOW + 5, clock: NOW + HOUR + 7, says: 1 };
  return [
    vector('ack', 'plain', 'a full one of one log', [...at, [4, body]], reads),
    vector('ack', 'typed', 'a type that says nothing', [...at, [3, cborText('ack')], [4, body]], reads),
    vector('ack', 'no-body', 'without a body', at, null),
    vector(
      'ack',
      'no-time',
      'without key 1',
      [
        [2, cborInt(7)],
        [4, body],
      ],
      null,
    ),
    vector('ack', 'critical-key', 'a key below zero', [...at, [4, body], [-1, cborInt(1)]], null),
    vector('ack', 'other-body', 'a body of another form', [...at, [4, cborMap([[1, cborInt(1)]])]], null),
  ];
}

/** Exact clocks and their parts. */
export function clockVectors(): ClockVector[] {
  const one = (
    name: string,
    comment: string,
    exact: ClockVector['exact'],
    outer: ClockVector['outer'],
    inner: ClockVector['inner'],
  ) => ({ name: `clock-${name}`, comment, exact, outer, inner });
  return [
    one('plain', 'within one hour', [NOW + 5, NOW + 9], [NOW, NOW], [5, 9]),
    one('next-hour', 'a clock in the next hour', [NOW + LAST, NOW + HOUR], [NOW, NOW + HOUR], [LAST, 0]),
    one('full', 'on the hour', [NOW, NOW], [NOW, NOW], [0, 0]),
    one('before', 'before 1970', [-1, 0], [-HOUR, 0], [LAST, 0]),
    one(
      'last',
      'the last clock there is',
      [NOW, 2 ** 48 - 1],
      [NOW, Math.floor((2 ** 48 - 1) / HOUR) * HOUR],
      [0, (2 ** 48 - 1) % HOUR],
    ),
  ];
}

/** Orders. */
export function hourVectors(): HourVector[] {
  const [a = '', b = ''] = IDS.map((id) => id.toString('hex'));
  const order = (
    name: string,
    comment: string,
    entries: HourVector['entries'],
    sorted: readonly number[],
  ): HourVector => ({ name: `hour-${name}`, comment, entries, order: sorted });
  return [
    order(
      'inner',
      'within an hour by the inner clock',
      [
        [a, 1, NOW, 9],
        [b, 1, NOW, 3],
      ],
      [1, 0],
    ),
    order(
      'outer-first',
      'the hour counts first',
      [
        [a, 1, NOW + HOUR, 0],
        [b, 1, NOW, LAST],
      ],
      [1, 0],
    ),
    order(
      'log-id',
      'the same ms: by log id',
      [
        [b, 1, NOW, 3],
        [a, 1, NOW, 3],
      ],
      [1, 0],
    ),
    order(
      'running',
      'a smaller clock behind a larger one of its log',
      [
        [a, 1, NOW, 9],
        [a, 2, NOW, 3],
        [b, 1, NOW, 5],
      ],
      [2, 0, 1],
    ),
    order(
      'new-hour',
      'an hour begins anew',
      [
        [a, 1, NOW, 9],
        [a, 2, NOW + HOUR, 3],
        [b, 1, NOW + HOUR, 5],
      ],
      [0, 1, 2],
    ),
    order(
      'beyond',
      'what is beyond the hour is its last ms',
      [
        [a, 1, NOW, HOUR],
        [b, 1, NOW, LAST],
        [a, 2, NOW, 0],
      ],
      [0, 2, 1],
    ),
    order(
      'unopened',
      'what is not opened stands at the full hour',
      [
        [a, 1, NOW, null],
        [b, 1, NOW, LAST],
        [b, 2, NOW - HOUR, 7],
      ],
      [0, 1, 2],
    ),
    order(
      'pushes-nothing',
      'and pushes nothing of its own log',
      [
        [a, 1, NOW, null],
        [a, 2, NOW, 3],
        [b, 1, NOW, 5],
      ],
      [0, 1, 2],
    ),
    order(
      'unopened-behind',
      'nor does it come before what is before it in its log',
      [
        [a, 1, NOW, 9],
        [a, 2, NOW, null],
        [b, 1, NOW, 5],
        [b, 2, NOW, 10],
      ],
      [2, 0, 1, 3],
    ),
    order(
      'back',
      'an earlier hour behind a later one of its log',
      [
        [a, 1, NOW + HOUR, 5],
        [a, 2, NOW, 3000],
        [b, 1, NOW + HOUR, 100],
      ],
      [0, 1, 2],
    ),
    order(
      'unopened-two',
      'several of them by log id and seq',
      [
        [b, 1, NOW, null],
        [a, 2, NOW, null],
        [a, 1, NOW, null],
      ],
      [2, 1, 0],
    ),
  ];
}

/** Blobs of private topics. */
export function sealedBlobVectors(): BlobVector[] {
  const key = sha256('an attachment');
  const blob = (name: string, comment: string, file: Buffer, size: number): BlobVector => {
    const cipher = createCipheriv('aes-256-ctr', key, bytesOf(16));
    const sealed = cipher.update(join(file, bytesOf(size - file.length)));
    return {
      name: `blob-${name}`,
      comment,
      key: key.toString('hex'),
      file: compact(file),
      blob: sealed.subarray(0, 48).toString('hex') + sha256(sealed).toString('hex'),
    };
  };
  return [
    blob('empty', 'an empty file', Buffer.alloc(0), 4096),
    blob('byte', 'one byte', Buffer.of(7), 4096),
    blob('least', '4,096 bytes', bytesOf(4096, 7), 4096),
    blob('more', '4,097 bytes', bytesOf(4097, 7), 4352),
    blob('large', 'more than a chunk', bytesOf(1_048_577, 7), 1_081_344),
  ];
}

function vector(
  kind: InnerVector['kind'],
  name: string,
  comment: string,
  pairs: Pairs,
  reads: InnerVector['reads'],
): InnerVector {
  return {
    name: `${kind}-${name}`,
    comment,
    kind,
    bytes: counted(cborMap(pairs).toString('hex')),
    outer: OUTER,
    reads,
  };
}

/** What many ids begin with that are alike but for two bytes. */
const COMMON = bytesOf(30, 0x11);
/** Such an id as an item, and a device with one. */
const RECORDS = [
  [`825820${COMMON.toString('hex')}`, '03'],
  [`5820${COMMON.toString('hex')}`, ''],
] as const;

/** The bytes, with what counts told shortly. */
function counted(hex: string): Compact {
  for (const [before, after] of RECORDS) {
    const record = (i: number): string => `${before}${u16(i).toString('hex')}${after}`;
    const at = hex.indexOf(record(0));
    if (at < 0) continue;
    let end = at;
    let countTo = 0;
    for (; hex.startsWith(record(countTo), end); countTo += 1) end += record(countTo).length;
    const pieces = (told: Compact) => (typeof told === 'string' ? [told] : told);
    return [...pieces(counted(hex.slice(0, at))), { before, countTo, after }, ...pieces(counted(hex.slice(end)))];
  }
  return hex;
}

function item(part: Buffer | string | number): Buffer {
  if (typeof part === 'string') return cborText(part);
  return typeof part === 'number' ? cborInt(part) : cborBytes(part);
}
