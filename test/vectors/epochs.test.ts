// Every vector of `fixtures/epochs.json`.
import { describe, expect } from 'vitest';
import { asMap, type Cbor, decodeCbor, encodeCbor } from '../../src/format/cbor/cbor.js';
import type { EpochId, LogId, PersonId, TopicId } from '../../src/format/ids.js';
import { sha256 } from '../../src/format/platform.js';
import { entryKeys, sealEntry } from '../../src/format/private/entry-cipher.js';
import {
  controlEpochsIn,
  type EpochKeys,
  epochFits,
  epochItems,
  wholeEpochsIn,
} from '../../src/format/private/epoch.js';
import { openLink, sealLink } from '../../src/format/private/link.js';
import { openedBlob, sealedBlob } from '../../src/format/private/sealed-blob.js';
import { type SivPlace, sivKeys, sivOpen, sivSeal } from '../../src/format/private/siv.js';
import { decodeTopicKeys, encodeTopicKeys } from '../../src/format/private/topic-keys.js';
import { decodeWrap, encodeWrap } from '../../src/format/private/wrap.js';
import { sourceOf } from '../../src/format/source.js';
import { assertInvited, decodeLetter } from '../../src/identity/letter.js';
import { formatLetter, parseLetter } from '../../src/identity/letter-file.js';
import { decodeAckBody } from '../../src/topic/acks/acks.js';
import type { Message } from '../../src/topic/message/message.js';
import { Opener } from '../../src/topic/message/opener.js';
import { type Clocks, exactClocks, splitClocks } from '../../src/topic/order/hour-clock.js';
import { inOrder, type OrderedEntry } from '../../src/topic/order/order.js';
import { fromEnd } from '../../src/topic/order/tail.js';
import { messageIn } from '../../src/topic/payload.js';
import {
  innerAck,
  innerControl,
  innerMessage,
  readInnerAck,
  readInnerControl,
  readInnerMessage,
} from '../../src/topic/private/inner.js';
import { expand } from '../testkit/compact.js';
import { type FakeLog, FakeSource } from '../testkit/fake-source.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type { CipherVector, EpochVector, LinkVector, TopicKeysVector, WrapVector } from '../testkit/vectors-epochs.js';
import type { BlobVector, ClockVector, HourVector, InnerVector } from '../testkit/vectors-inner.js';
import type { LetterTextVector, LetterVector } from '../testkit/vectors-letter.js';

const fixture = openFixture('epochs.json');
const plainLetter = fixture.list<LetterVector>('letters').find(({ name }) => name === 'letter-plain')?.bytes ?? '';
const hex = (text: string) => Buffer.from(text, 'hex');

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, at) => {
  fixture.each<CipherVector>('ciphers', ({ secret, info, kind, n, seq, sealed, opens, comment }) => {
    const keys = sivKeys(hex(secret), hex(info));
    const place = { kind, n, seq } as SivPlace;
    expect(sivOpen(keys, place, at(hex(sealed)))?.toString('hex') ?? null, comment).toBe(opens);
    if (opens !== null) expect(sivSeal(keys, place, at(hex(opens))).toString('hex')).toBe(sealed);
  });

  fixture.each<EpochVector>('epochs', ({ whole, control, reads, comment }) => {
    const epochs = whole ? wholeEpochsIn(listIn(whole)) : controlEpochsIn(listIn(control ?? ''));
    expect(epochs?.map((one) => ({ id: one.id, fits: epochFits(one) })) ?? null, comment).toEqual(reads);
    if (!epochs) return;
    const items = epochItems(epochs);
    expect(whole ? items.whole : items.control).toEqual(listIn(whole ?? control ?? ''));
  });

  fixture.each<LinkVector>('links', ({ secret, parent, sealed, opens, comment }) => {
    const link = { epoch: parent as EpochId, sealed: at(hex(sealed)) };
    expect(openLink(hex(secret), link)?.toString('hex') ?? null, comment).toBe(opens);
    if (opens !== null) expect(sealLink(hex(secret), link.epoch, hex(opens)).toString('hex')).toBe(sealed);
  });

  fixture.each<TopicKeysVector>('topicKeys', ({ bytes, reads, comment }) => {
    const topics = decodeTopicKeys(at(hex(bytes)));
    const told = topics?.map(({ statement, epochs, isWelcomed }) => [
      statement.toString('hex'),
      epochs.filter(({ data }) => data).map(({ id }) => id),
      epochs.filter(({ data }) => !data).map(({ id }) => id),
      ...(isWelcomed ? [true] : []),
    ]);
    expect(told ?? null, comment).toEqual(reads);
    if (topics) expect(decodeTopicKeys(encodeTopicKeys(topics))).toEqual(topics);
  });

  fixture.each<WrapVector>('wraps', ({ bytes, reads, comment }) => {
    const wrap = decodeWrap(at(hex(bytes)));
    expect(wrap ? { topic: wrap.topic, ...idsOf(wrap.epochs) } : null, comment).toEqual(reads);
    if (wrap) expect(decodeWrap(encodeWrap(wrap))).toEqual(wrap);
  });

  fixture.each<LetterVector>('letters', ({ bytes, person, now, standing, code, reads, comment }) => {
    const read = () => {
      const letter = decodeLetter(at(expand(bytes ?? plainLetter)));
      assertInvited(letter, { person: person as PersonId, now, standing });
      return letter;
    };
    expect(outcomeOf(read), comment).toBe(code);
    if (code !== 'ok') return;
    const { epochs, logs, heads, statements } = read();
    const said = statements.map((one) => one.bytes.toString('hex'));
    expect({ ...idsOf(epochs), logs, heads, statements: said }).toEqual(reads);
  });

  fixture.each<InnerVector>('inner', ({ kind, bytes, outer: [time, clock], reads, comment }) => {
    const item = decodeCbor(at(expand(bytes)));
    if (item === undefined) throw new Error('no CBOR');
    const outer = { time, clock };
    expect(READ[kind](item, outer), comment).toEqual(reads);
    const written = reads && WRITE[kind](item, outer);
    if (written) expect(READ[kind](decodeCbor(encodeCbor(written)) ?? 0, outer)).toEqual(reads);
    expect(opened(kind, item, outer), comment).toEqual(reads);
  });

  function idsOf(epochs: readonly EpochKeys[]) {
    const of = (isWhole: boolean) => epochs.filter(({ data }) => (data !== undefined) === isWhole).map(({ id }) => id);
    return { whole: of(true), control: of(false) };
  }

  function listIn(text: string) {
    return decodeCbor(at(hex(text)));
  }
});

fixture.each<LetterTextVector>('letterTexts', ({ text, code, file, comment }) => {
  expect(
    outcomeOf(() => parseLetter(text)),
    comment,
  ).toBe(code);
  if (file === undefined) return;
  expect(parseLetter(text).toString('hex')).toBe(file);
  expect(text).toContain(formatLetter(hex(file)));
});

fixture.each<ClockVector>('clocks', ({ exact, outer, inner, comment }) => {
  const of = ([time, clock]: readonly [number, number]) => ({ time, clock });
  expect(splitClocks(of(exact)), comment).toEqual({ outer: of(outer), inner: of(inner) });
  expect(exactClocks(of(outer), of(inner))).toEqual(of(exact));
});

fixture.each<HourVector>('hours', ({ entries, order, comment }) => {
  const logs = [...new Set(entries.map(([log]) => log))].map((log) => hourLog(log as LogId, entries));
  const source = new FakeSource(logs);
  const indices = (ordered: Iterable<OrderedEntry>) =>
    [...ordered].map(({ entry }) => entries.findIndex(([log, seq]) => log === entry.log && seq === entry.seq));
  expect(indices(inOrder(source, source.summaries)), comment).toEqual(order);
  expect(indices(fromEnd(source, source.summaries)).toReversed(), 'from the end').toEqual(order);
});

fixture.each<BlobVector>('blobs', ({ key, file, blob, comment }) => {
  const content = expand(file);
  const source = sealedBlob(sourceOf(content), hex(key));
  const bytes = source.read(0, source.size);
  // its beginning, and a hash of it
  expect(bytes.toString('hex', 0, 48) + sha256(bytes), comment).toBe(blob);
  const secret = { key: hex(key), size: content.length };
  expect(Buffer.concat([...openedBlob([bytes.subarray(0, 1000), bytes.subarray(1000)], secret)]).equals(content)).toBe(
    true,
  );
});

/** What a vector tells of each kind of entry. */
const READ: Record<InnerVector['kind'], (item: Cbor, outer: Clocks) => InnerVector['reads']> = {
  message: (item, outer) => {
    const message = readInnerMessage(item, outer);
    if (!message) return null;
    return told('message', message);
  },
  control: (item, outer) => {
    const control = readInnerControl(item, outer);
    if (!control) return null;
    const { time, clock, body } = control;
    const keys =
      body && ['statements', 'lists', 'shared', 'need', 'card'].flatMap((key, i) => (key in body ? [i + 1] : []));
    return { time, clock, says: keys ?? 'retract' };
  },
  ack: (item, outer) => {
    const read = readInnerAck(item, outer);
    return read ? { time: read.time, clock: read.clock, says: read.ack.statements.length } : null;
  },
};

const SEALED: Record<InnerVector['kind'], { readonly kind: 1 | 2 | 5; readonly key: 10 | 12 | 13 }> = {
  message: { kind: 1, key: 10 },
  control: { kind: 2, key: 12 },
  ack: { kind: 5, key: 13 },
};

/** What it tells of an item that is sealed in an entry, and opened by who has the keys. */
function opened(kind: InnerVector['kind'], item: Cbor, outer: Clocks): InnerVector['reads'] {
  const log = 'a'.repeat(64) as LogId;
  const epoch = { id: 'e'.repeat(64) as EpochId, control: Buffer.alloc(32, 1), data: Buffer.alloc(32, 2) };
  const topic = 'c'.repeat(64) as TopicId;
  const opener = new Opener(
    { secrets: new Map([[topic, [epoch]]]) },
    {
      log: () => ({ topic, veiled: false }),
      entry: () => undefined,
    },
  );
  const place = { kind: SEALED[kind].kind, n: 0, seq: 1 };
  const sealed = sealEntry(entryKeys(kind === 'message' ? epoch.data : epoch.control, log), place, item);
  const clocks: [number, Cbor][] = [
    [1, outer.time],
    [2, outer.clock - outer.time],
  ];
  const payload = encodeCbor(new Map([...clocks, [SEALED[kind].key, [0, sealed]]]));
  const said = opener.open({ log, seq: 1 }, payload);
  const message = typeof said === 'string' ? undefined : messageIn({ seq: 1, meta: Buffer.alloc(0), payload, said });
  return message ? told(kind, message) : null;
}

function told(kind: InnerVector['kind'], { time, clock, type, body, attachments }: Message): InnerVector['reads'] {
  const files = attachments ? ` +${attachments.length}` : '';
  if (kind === 'message') return { time, clock, says: type === 'text' ? `${body}${files}` : type };
  if (kind === 'ack')
    return { time, clock, says: type === 'ack' ? (decodeAckBody(body)?.statements.length ?? -1) : type };
  return { time, clock, says: type === 'control' ? [...(asMap(body)?.keys() ?? [])] : type };
}

/** The map that says again what was read. */
const WRITE: Record<InnerVector['kind'], (item: Cbor, outer: Clocks) => Cbor | undefined> = {
  message: (item, outer) => {
    const message = readInnerMessage(item, outer);
    return message?.salt && innerMessage({ ...message, salt: message.salt });
  },
  control: (item, outer) => {
    const control = readInnerControl(item, outer);
    return control && innerControl(control);
  },
  ack: (item, outer) => {
    const read = readInnerAck(item, outer);
    return read && innerAck(read);
  },
};

fixture.expectAllRun();

/** One log of a vector, an introduction before its messages: of an opened one the exact clock, else the outer. */
function hourLog(log: LogId, entries: HourVector['entries']): FakeLog {
  const own = entries.filter(([name]) => name === log).toSorted((a, b) => a[1] - b[1]);
  const messages = own.map(([, , outer, inner]) => {
    const clock = inner === null ? outer : exactClocks({ time: outer, clock: outer }, { time: 0, clock: inner }).clock;
    return {
      meta: Buffer.alloc(0),
      payload: encodeCbor(
        new Map([
          [1, clock],
          [2, 0],
        ]),
      ),
    };
  });
  return {
    log,
    runs: [[0, messages.length + 1]],
    entries: [{ meta: Buffer.alloc(0), payload: undefined }, ...messages],
  };
}
