// Whatever bytes come, a decoder of private topics gives something that says the same when it is written again, or nothing. The
// corpus that is changed is what fixtures/epochs.json holds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cbor, decodeCbor, encodeCbor } from '../../../../src/format/cbor/cbor.js';
import { SatchelError } from '../../../../src/format/error.js';
import { epochFits } from '../../../../src/format/private/epoch.js';
import { decodeTopicKeys, encodeTopicKeys } from '../../../../src/format/private/topic-keys.js';
import { decodeWrap, encodeWrap } from '../../../../src/format/private/wrap.js';
import { decodeLetter } from '../../../../src/identity/letter.js';
import { formatLetter, parseLetter } from '../../../../src/identity/letter-file.js';
import {
  innerAck,
  innerControl,
  innerMessage,
  readInnerAck,
  readInnerControl,
  readInnerMessage,
} from '../../../../src/topic/private/inner.js';
import { expand } from '../../../testkit/compact.js';
import { trying } from '../../../testkit/effort.js';
import { openFixture } from '../../../testkit/fixture.js';
import type { TopicKeysVector, WrapVector } from '../../../testkit/vectors-epochs.js';
import type { InnerVector } from '../../../testkit/vectors-inner.js';
import type { LetterVector } from '../../../testkit/vectors-letter.js';

const fixture = openFixture('epochs.json');
const OUTER = { time: 3_600_000, clock: 7_200_000 };

/** A decoder, and what writes its value again. */
interface Codec {
  readonly corpus: readonly Buffer[];
  /** The value, written again; undefined when there is none. */
  readonly again: (bytes: Buffer) => Buffer | undefined;
}

const CODECS: Readonly<Record<string, Codec>> = {
  'keys of topics': {
    corpus: fixture.list<TopicKeysVector>('topicKeys').map(({ bytes }) => Buffer.from(bytes, 'hex')),
    again: (bytes) => {
      const topics = decodeTopicKeys(bytes);
      for (const { epochs } of topics ?? []) expect(epochs.every(epochFits)).toBe(true);
      return topics && encodeTopicKeys(topics);
    },
  },
  wraps: {
    corpus: fixture.list<WrapVector>('wraps').map(({ bytes }) => Buffer.from(bytes, 'hex')),
    again: (bytes) => {
      const wrap = decodeWrap(bytes);
      expect(wrap?.epochs.every(epochFits) ?? true).toBe(true);
      return wrap && encodeWrap(wrap);
    },
  },
  messages: innerCodec('message', (item) => {
    const message = readInnerMessage(item, OUTER);
    return message?.salt && innerMessage({ ...message, salt: message.salt });
  }),
  'control entries': innerCodec('control', (item) => {
    const control = readInnerControl(item, OUTER);
    return control && innerControl(control);
  }),
  acknowledgements: innerCodec('ack', (item) => {
    const ack = readInnerAck(item, OUTER);
    return ack && innerAck(ack);
  }),
};

function innerCodec(kind: InnerVector['kind'], again: (item: Cbor) => Cbor | undefined): Codec {
  const corpus = fixture.list<InnerVector>('inner').filter((vector) => vector.kind === kind);
  return {
    corpus: corpus.map(({ bytes }) => expand(bytes)),
    again: (bytes) => {
      const item = decodeCbor(bytes);
      const written = item === undefined ? undefined : again(item);
      return written === undefined ? undefined : encodeCbor(written);
    },
  };
}

/** Items as anybody could put them where a map is expected, with keys that mean something. */
const items = fc.letrec<{ item: Cbor }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.integer({ min: -2, max: 70_000 }),
    fc.constantFrom<Cbor>('text', 'control', 'retract', '', true, null, 2n ** 60n),
    fc.constantFrom(31, 32, 64, 8).map((size) => Buffer.alloc(size, 1)),
    fc.array(tie('item'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.integer({ min: -1, max: 11 }), tie('item')), { maxLength: 5 }).map((pairs) => new Map(pairs)),
  ),
})).item;

describe.each(Object.entries(CODECS))('%s', (_what, { corpus, again }) => {
  const expectStable = (bytes: Buffer): void => {
    const written = again(bytes);
    if (written) expect(again(written)?.toString('hex')).toBe(written.toString('hex'));
  };

  test('the corpus has good ones and bad ones', () => {
    expect(corpus.filter((bytes) => again(bytes)).length).toBeGreaterThan(1);
    expect(corpus.filter((bytes) => !again(bytes)).length).toBeGreaterThan(1);
  });

  test('changed in one place', () => {
    fc.assert(fc.property(fc.constantFrom(...corpus).chain(changeOf), expectStable), trying(400));
  });

  test('of items that nobody wrote', () => {
    const bytes = fc.oneof(items, fc.array(items, { maxLength: 3 })).map(encodeCbor);
    fc.assert(fc.property(bytes, expectStable), trying(400));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => expectStable(Buffer.from(any))),
      trying(100),
    );
  });
});

describe('letters', () => {
  const whole = fixture
    .list<LetterVector>('letters')
    .flatMap(({ code, bytes }) => (code === 'ok' && bytes ? [expand(bytes)] : []));

  test('with something changed in them are none: all of it is signed', () => {
    expect(whole.length).toBeGreaterThan(2);
    fc.assert(
      fc.property(
        fc.constantFrom(...whole).chain((bytes) => changeOf(bytes).map((changed) => [bytes, changed] as const)),
        ([bytes, changed]) => {
          fc.pre(!changed.equals(bytes));
          expect(codeOf(() => decodeLetter(changed))).toBe('bad-letter');
        },
      ),
      trying(400),
    );
  });

  test('of items that nobody wrote are none', () => {
    fc.assert(
      fc.property(items, (item) => {
        expect(codeOf(() => decodeLetter(encodeCbor(item)))).toBe('bad-letter');
      }),
      trying(300),
    );
  });

  test('as text are found wherever they stand, or are none', () => {
    const letters = fc.stringMatching(/^[\w-]{0,40}[ .\n=]?$/);
    fc.assert(
      fc.property(fc.string(), letters, (before, behind) => {
        const text = `${before}satchelletter1:${behind}`;
        const code = codeOf(() => expect(text).toContain(formatLetter(parseLetter(text))));
        expect(['ok', 'bad-letter']).toContain(code);
      }),
      trying(300),
    );
  });
});

/** The bytes with some of them cut out, and others put in. */
function changeOf(whole: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.integer({ min: 0, max: whole.length });
  const put = fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.uint8Array({ maxLength: 40 }));
  return fc.tuple(at, fc.integer({ min: 0, max: 40 }), put).map(([from, cut, bytes]) => {
    return Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(from + cut)]);
  });
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'ok';
  } catch (error) {
    if (error instanceof SatchelError) return error.code;
    throw error;
  }
}
