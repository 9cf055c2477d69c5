// Vectors of what private topics begin with, and of statements about them (spec/private.md).
import { ADA_2, BOB } from './cast.js';
import { type Compact, compact } from './compact.js';
import type { BytesVector, Vector } from './vector.js';
import { flip, sha256, WIRE_DOMAINS, type WireKey } from './wire.js';
import { card } from './wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText } from './wire-cbor.js';
import {
  authorityCard,
  deviceList,
  firstAuthority,
  furtherCard,
  LAPTOP,
  PHONE,
  provenAuthority,
} from './wire-device.js';
import {
  createStatement,
  cutItem,
  devicesFields,
  epochFields,
  linkItem,
  listsItem,
  privateTopicId,
  setFields,
  statement,
  toItem,
  type WireCreate,
  type WireStatement,
  wireStatementId,
} from './wire-membership.js';

/** What a private topic begins with. */
export interface CreateVector extends BytesVector {
  readonly topic?: string;
  /** Other than 1: such a topic needs a newer version. */
  readonly rules?: number;
  readonly owners?: readonly string[];
  readonly label?: string;
}

/** A statement of the topic that `create-one-owner` begins; null: ignored. */
export interface StatementVector extends Vector {
  readonly bytes: Compact;
  readonly signature: string;
  readonly reads: {
    readonly id: string;
    readonly person: string;
    readonly device: string;
    /** Of what binds the device. */
    readonly generation: number;
    readonly prev: readonly string[];
    readonly kind: 'set' | 'devices' | 'epoch' | 'merge' | 'other';
    /** Of a set. */
    readonly role?: number;
    /** Whether the list of a devices statement is one. */
    readonly listed?: boolean;
    /** Logs of a cut, with the length. */
    readonly cut?: readonly (readonly [log: string, length: number])[];
    /** Of an epoch: devices wrapped to, persons with lists, links of both secrets. */
    readonly counts?: readonly [to: number, lists: number, controlLinks: number, dataLinks: number];
  } | null;
}

/** Create statements. */
export function createVectors(): CreateVector[] {
  const many = Array.from({ length: 17 }, (_, i) => sha256(`owner ${i}`)).sort(Buffer.compare);
  const two = [ADA_2.id, BOB.id].sort(Buffer.compare);
  const bad = (name: string, comment: string, create: WireCreate): CreateVector =>
    refused(name, comment, createStatement(create));
  return [
    created('one-owner', 'Ada alone', {}),
    created('two-owners', 'ascending', { owners: two }),
    created('most', '16 owners, a label of 64 bytes', { owners: many.slice(0, 16), label: 'x'.repeat(64) }),
    created('rules-2', 'other rules: needs a newer version, whatever else it says', {
      rules: 2,
      omit: [2],
      extra: [[6, cborInt(90)]],
    }),
    created('rules-0', 'a number is a number', { rules: 0, omit: [2, 3, 4, 5] }),
    refused('empty', 'no bytes', Buffer.alloc(0)),
    refused('list', 'no map', cborList([cborInt(1)])),
    refused('cut-off', 'the last byte is missing', createStatement().subarray(0, -1)),
    refused('rules-text', 'rules that are no number', cborMap([[1, cborText('1')]])),
    refused(
      'too-long',
      'other rules, and more than 4,096 bytes',
      createStatement({ rules: 2, extra: [[6, cborBytes(Buffer.alloc(4_096))]] }),
    ),
    bad('history-0', 'rules 1 have the whole history', { history: 0 }),
    bad('no-owner', 'nobody owns it', { owners: [] }),
    bad('17-owners', 'an owner too many', { owners: many }),
    bad('owners-descending', 'owners not ascending', { owners: [...two].reverse() }),
    bad('owner-twice', 'an owner twice', { owners: [ADA_2.id, ADA_2.id] }),
    bad('owner-31', 'an owner of 31 bytes', { owners: [ADA_2.id.subarray(1)] }),
    bad('nonce-15', 'a nonce of 15 bytes', { nonce: Buffer.alloc(15) }),
    bad('label-empty', 'no label', { label: '' }),
    bad('label-65', 'a label of 65 bytes', { label: 'x'.repeat(65) }),
    bad('label-newline', 'a label of two lines', { label: 'a\nb' }),
    bad('further-key', 'a key that rules 1 do not have', { extra: [[6, cborInt(1)]] }),
    bad('critical-key', 'a key below zero', { extra: [[-1, cborInt(1)]] }),
    ...[1, 2, 3, 4, 5].map((key) => bad(`without-${key}`, `without key ${key}`, { omit: [key] })),
  ];
}

/** Statements. */
export function statementVectors(): StatementVector[] {
  return [...goodStatements(), ...goodEpochs(), ...badStatements(), ...badFields()];
}

const LOGS = [sha256('log a'), sha256('log b')].sort(Buffer.compare);
const [LOG_A = LOGS[0] as Buffer, LOG_B = LOG_A] = LOGS;
const TWO = [sha256('statement a'), sha256('statement b')].sort(Buffer.compare);

function goodStatements(): StatementVector[] {
  const first = firstAuthority();
  const second = provenAuthority(PHONE, 2);
  const list = deviceList({ removed: [LAPTOP], version: 2 });
  const cut = [
    [LOG_A.toString('hex'), 3],
    [LOG_B.toString('hex'), 2 ** 48 - 1],
  ] as const;
  const cutItems = [cutItem(LOG_A, 3), cutItem(LOG_B, 2 ** 48 - 1)];
  const later = deviceList({ authority: second, current: [[PHONE, 'phone']] });
  return [
    good('member', 'Ada adds Bob', {}, { kind: 'set', role: 3 }),
    good('member-card', 'with his card', { fields: setFields({ card: card(BOB) }) }, { kind: 'set', role: 3 }),
    good(
      'member-odd-card',
      'nobody looks at the card to resolve',
      { fields: setFields({ card: Buffer.from('no card') }) },
      { kind: 'set', role: 3 },
    ),
    good('none', 'Ada removes Bob, without naming a log', { fields: setFields({ role: 0 }) }, { kind: 'set', role: 0 }),
    good('none-cut', 'naming two', { fields: setFields({ role: 0, cut: cutItems }) }, { kind: 'set', role: 0, cut }),
    good('role-4', 'a role of other rules has no effect', { fields: setFields({ role: 4 }) }, { kind: 'set', role: 4 }),
    good('prev', 'citing two', { prev: TWO }, { kind: 'set', role: 3 }),
    good('prev-64', 'citing 64', { prev: manyIds(64) }, { kind: 'set', role: 3 }),
    good(
      'further-device',
      "by Ada's laptop",
      { card: furtherCard(first, LAPTOP), signer: LAPTOP },
      { kind: 'set', role: 3 },
      LAPTOP,
    ),
    good(
      'second-generation',
      'by the authority of generation 2',
      { card: authorityCard(second), signer: PHONE, kind: 2, fields: devicesFields(later) },
      { kind: 'devices', listed: true },
      PHONE,
      2,
    ),
    good(
      'devices',
      'a list, with a cut',
      { kind: 2, fields: devicesFields(list, cutItems) },
      { kind: 'devices', listed: true, cut },
    ),
    good(
      'devices-bad-list',
      'a list that nobody signed is held, without effect',
      { kind: 2, fields: devicesFields({ ...list, signature: flip(list.signature, -1) }) },
      { kind: 'devices', listed: false },
    ),
    good('merge', 'nothing but what it cites', { kind: 5, fields: cborMap([]), prev: TWO }, { kind: 'merge' }),
    good('kind-4', 'a kind of other rules', { kind: 4, fields: cborMap([[1, cborInt(1)]]) }, { kind: 'other' }),
    good('kind-99', 'an unknown kind, whatever its fields', { kind: 99, fields: cborText('x') }, { kind: 'other' }),
    good('critical-key', 'a key below zero: without effect here', { extra: [[-1, cborInt(1)]] }, { kind: 'other' }),
    good(
      'critical-field',
      'one among the fields',
      {
        fields: cborMap([
          [1, cborBytes(BOB.id)],
          [2, cborInt(3)],
          [-1, cborInt(1)],
        ]),
      },
      { kind: 'other' },
    ),
    good('later-key', 'a key that is not known is ignored', { extra: [[7, cborInt(1)]] }, { kind: 'set', role: 3 }),
  ];
}

function goodEpochs(): StatementVector[] {
  const devices = [ADA_2.device.id, BOB.device.id].sort(Buffer.compare);
  const people = [ADA_2.id, BOB.id].sort(Buffer.compare);
  const [a = people[0] as Buffer, b = a] = people;
  const hashes = manyIds(16);
  const lists = [listsItem(a, [sha256('x')]), listsItem(b, [sha256('newest'), ...hashes.slice(1)])];
  const links = manyIds(2).map((id) => linkItem(id));
  const to = devices.map((device) => toItem(device, 2 ** 32 - 1));
  const epoch = (name: string, comment: string, fields: Buffer, counts: readonly [number, number, number, number]) =>
    good(name, comment, { kind: 3, fields }, { kind: 'epoch', counts });
  return [
    epoch('epoch', 'for two devices', epochFields({ to }), [2, 0, 0, 0]),
    epoch(
      'epoch-whole',
      'with lists and links',
      epochFields({ to, lists, controlLinks: links, dataLinks: links }),
      [2, 2, 2, 2],
    ),
    epoch('epoch-nobody', 'wrapped to nobody by its statement', epochFields(), [0, 0, 0, 0]),
  ];
}

function badStatements(): StatementVector[] {
  const { bytes, signature } = statement();
  const bad = (name: string, comment: string, said: WireStatement): StatementVector =>
    ignored(name, comment, statement(said));
  return [
    ignored('rotten', 'one bit', { bytes: flip(bytes, -1), signature }),
    ignored('rotten-signature', 'one bit of the signature', { bytes, signature: flip(signature, -1) }),
    ignored('short-signature', 'a signature of 63 bytes', { bytes, signature: signature.subarray(1) }),
    ignored('broken-off', 'the last byte is missing', { bytes: bytes.subarray(0, -1), signature }),
    ignored('empty', 'no bytes', { bytes: Buffer.alloc(0), signature }),
    bad('other-signer', 'signed by another device than that on the card', { signer: LAPTOP }),
    bad('other-domain', 'signed as a device list', { domain: WIRE_DOMAINS.devices }),
    bad('other-topic', 'of another topic', { topic: sha256('another topic') }),
    bad('no-card', 'a card that is none', { card: Buffer.from('no card') }),
    bad('prev-descending', 'what it cites does not ascend', { prev: [...TWO].reverse() }),
    bad('prev-twice', 'cites one twice', { prev: TWO.slice(0, 1).flatMap((id) => [id, id]) }),
    bad('prev-65', 'cites 65', { prev: manyIds(65) }),
    bad('prev-31', 'an id of 31 bytes', { prev: [sha256('x').subarray(1)] }),
    bad('time-negative', 'before 1970', { time: -1 }),
    ...[1, 2, 3, 4, 5, 6].map((key) => bad(`without-${key}`, `without key ${key}`, { omit: [key] })),
    ignored('too-long', 'more than 40,960 bytes', statement({ extra: [[7, cborBytes(Buffer.alloc(40_960))]] })),
  ];
}

function badFields(): StatementVector[] {
  const bad = (name: string, comment: string, kind: number, fields: Buffer): StatementVector =>
    ignored(name, comment, statement({ kind, fields }));
  const list = deviceList();
  const cut = [cutItem(LOG_A, 3)];
  const to = [toItem(ADA_2.device.id, 1)];
  const twice = [linkItem(TWO[0] as Buffer), linkItem(TWO[0] as Buffer)];
  return [
    bad('set-list', 'fields that are no map', 1, cborList([])),
    bad('set-nobody', 'a set on nobody', 1, cborMap([[2, cborInt(3)]])),
    bad('set-role-negative', 'a role below zero', 1, setFields({ role: -1 })),
    bad('set-card-none', 'a card where somebody is removed', 1, setFields({ role: 0, card: card(BOB) })),
    bad('set-cut-member', 'a cut where somebody is added', 1, setFields({ cut })),
    bad('cut-0', 'a length of 0', 1, setFields({ role: 0, cut: [cutItem(LOG_A, 0)] })),
    bad('cut-2-48', 'a length of 2^48', 1, setFields({ role: 0, cut: [cutItem(LOG_A, 2 ** 48)] })),
    bad('cut-descending', 'logs not ascending', 1, setFields({ role: 0, cut: [cutItem(LOG_B, 1), cutItem(LOG_A, 1)] })),
    bad('cut-65', '65 logs', 1, setFields({ role: 0, cut: manyIds(65).map((log) => cutItem(log, 1)) })),
    bad(
      'cut-two-items',
      'a log without an entry',
      1,
      setFields({ role: 0, cut: [cborList([cborBytes(LOG_A), cborInt(1)])] }),
    ),
    bad('devices-no-list', 'no list', 2, cborMap([[2, cborBytes(list.signature)]])),
    bad(
      'devices-short-signature',
      'a signature of 63 bytes',
      2,
      devicesFields({ ...list, signature: list.signature.subarray(1) }),
    ),
    bad('devices-long-list', 'a list of 4,097 bytes', 2, devicesFields({ ...list, map: Buffer.alloc(4_097) })),
    ...[1, 2, 5].map((key) => bad(`epoch-without-${key}`, `without key ${key}`, 3, epochFields({ to, omit: [key] }))),
    bad('epoch-serial-0', 'a card with serial 0', 3, epochFields({ to: [toItem(ADA_2.device.id, 0)] })),
    bad('epoch-to-twice', 'a device twice', 3, epochFields({ to: [...to, ...to] })),
    bad('epoch-513', '513 devices', 3, epochFields({ to: manyIds(513).map((id) => toItem(id, 1)) })),
    bad('epoch-no-lists', 'a person without lists', 3, epochFields({ to, lists: [listsItem(BOB.id, [])] })),
    bad('epoch-17-lists', '17 lists of one', 3, epochFields({ to, lists: [listsItem(BOB.id, manyIds(17))] })),
    bad(
      'epoch-list-twice',
      'the one that counts among the others',
      3,
      epochFields({ to, lists: [listsItem(BOB.id, [TWO[1] as Buffer, ...TWO])] }),
    ),
    bad('epoch-link-47', 'a link of 47 bytes', 3, epochFields({ to, controlLinks: [linkItem(TWO[0] as Buffer, 47)] })),
    bad('epoch-links-65', '65 links', 3, epochFields({ to, dataLinks: manyIds(65).map((id) => linkItem(id)) })),
    bad('epoch-link-twice', 'a link twice', 3, epochFields({ to, controlLinks: twice })),
    bad('merge-text', 'fields of a merge that are no map', 5, cborText('')),
  ];
}

/** Ascending, with their numbers in them: see {@link told}. */
function manyIds(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.concat([Buffer.of(0, i >> 8, i & 255), Buffer.alloc(29, 9)]));
}

/** The bytes, with what repeats an id from {@link manyIds} told by its number. */
function told(bytes: Buffer): Compact {
  const hex = bytes.toString('hex');
  const head = '582000';
  const numbered = (number: number): string => head + number.toString(16).padStart(4, '0');
  const tail = '09'.repeat(29);
  const from = hex.indexOf(numbered(0) + tail);
  const second = hex.indexOf(numbered(1) + tail, from);
  if (from < 0 || second < 0) return compact(bytes);
  const after = hex.slice(from + numbered(0).length, second);
  let countTo = 0;
  let at = from;
  for (; hex.startsWith(numbered(countTo) + after, at); countTo++) at += numbered(0).length + after.length;
  return [hex.slice(0, from), { before: head, countTo, after }, hex.slice(at)];
}

function created(name: string, comment: string, create: WireCreate): CreateVector {
  const bytes = createStatement(create);
  const rules = create.rules ?? 1;
  const policy = rules === 1 && {
    owners: (create.owners ?? [ADA_2.id]).map((id) => id.toString('hex')),
    label: String(create.label ?? 'garden'),
  };
  const topic = privateTopicId(bytes).toString('hex');
  return { name: `create-${name}`, comment, bytes: compact(bytes), code: 'ok', topic, rules, ...policy };
}

function refused(name: string, comment: string, bytes: Buffer): CreateVector {
  return { name: `create-${name}`, comment, bytes: compact(bytes), code: 'bad-letter' };
}

type Reads = NonNullable<StatementVector['reads']>;

function good(
  name: string,
  comment: string,
  said: WireStatement,
  reads: Omit<Reads, 'id' | 'person' | 'device' | 'generation' | 'prev'>,
  device: WireKey = ADA_2.device,
  generation = 1,
): StatementVector {
  const { bytes, signature } = statement(said);
  const who = { person: ADA_2.id.toString('hex'), device: device.id.toString('hex'), generation };
  const prev = (said.prev ?? []).map((id) => id.toString('hex'));
  // 64 ids are told by the bytes
  const cited = { prev: prev.length > 2 ? [] : prev };
  return {
    name: `statement-${name}`,
    comment,
    bytes: told(bytes),
    signature: signature.toString('hex'),
    reads: { id: wireStatementId(bytes).toString('hex'), ...who, ...cited, ...reads },
  };
}

function ignored(
  name: string,
  comment: string,
  { bytes, signature }: { bytes: Buffer; signature: Buffer },
): StatementVector {
  return {
    name: `statement-${name}`,
    comment,
    bytes: told(bytes),
    signature: signature.toString('hex'),
    reads: null,
  };
}
