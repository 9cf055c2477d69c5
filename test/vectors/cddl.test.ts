// The rules of spec/cddl.md say what the vectors say.
import { expect, test } from 'vitest';
import { type Cbor, decodeCbor } from '../../src/format/cbor/cbor.js';
import { Cddl } from '../testkit/cddl.js';
import { expand } from '../testkit/compact.js';
import { openFixture } from '../testkit/fixture.js';
import { blocksOf, readPage } from '../testkit/spec-pages.js';
import type { AckVector } from '../testkit/vectors-ack.js';
import type { TopicKeysVector, WrapVector } from '../testkit/vectors-epochs.js';
import type { InnerVector } from '../testkit/vectors-inner.js';
import type { IntroductionVector } from '../testkit/vectors-introduction.js';
import type { LetterVector } from '../testkit/vectors-letter.js';
import type { MessageVector } from '../testkit/vectors-message.js';
import type { MetaVector } from '../testkit/vectors-meta.js';
import type { CreateVector, StatementVector } from '../testkit/vectors-statement.js';
import type { HelloVector } from '../testkit/vectors-stream.js';
import type { VeiledIntroductionVector, VeiledPayloadVector } from '../testkit/vectors-veiled.js';

const [block] = blocksOf(readPage('spec/cddl.md')).filter(({ language }) => language === 'cddl');
const rules = new Cddl(block?.lines.join('\n') ?? '');

/** What the rules can't say: what is less than what, and what depends on another field. */
const BEYOND_RULES = [
  'message-field-reply-without-deps',
  'message-field-reply-beyond',
  'message-field-text-body-number',
];
const BEYOND = new Set([...BEYOND_RULES, 'message-field-text-body-null']);
const BEYOND_ACKS = new Set(['empty-range', 'backwards', 'overlapping', 'descending'].map((name) => `ack-${name}`));

test('messages that are read match, others do not', () => {
  for (const { name, payload, reads } of openFixture('message.json').list<MessageVector>('messages')) {
    const item = decodeCbor(expand(payload));
    // in another form attachments, `again` and what is about others count as absent
    const isOdd = /^message-((attached|again|edits|reacts|mentions)-|clock-map-of-23)/.test(name);
    const isLenient = isOdd && !reads?.attachments && !reads?.again;
    if (isLenient) continue;
    const isMatching = matches('message', item);
    const isExpected = reads !== null || BEYOND.has(name);
    // a head of two bytes, or a clock that can't be read in passing
    if (!name.startsWith('message-clock-')) expect(isMatching, name).toBe(isExpected);
    else if (reads) expect(isMatching, name).toBe(true);
  }
});

test('what begins streams that are read matches, nothing else', () => {
  for (const { name, bytes, code } of openFixture('stream.json').list<HelloVector>('hellos'))
    expect(matches('hello', decodeCbor(expand(bytes))), name).toBe(code === 'ok');
});

test('introductions that are read match, others do not', () => {
  for (const { name, payload, reads } of openFixture('card.json').list<IntroductionVector>('introductions')) {
    const isLabelled = !/label-with-newline/.test(name);
    const isEmpty = name === 'introduction-empty-label';
    const isCritical = name === 'introduction-critical-key';
    if (!isEmpty && !isCritical && isLabelled)
      expect(matches('introduction', decodeCbor(Buffer.from(payload, 'hex'))), name).toBe(reads !== null);
  }
});

test('what begins a veiled log, and what is sealed in it, matches, and nothing else', () => {
  // which keys stand beside one another
  const besides =
    /^(payload-(.*-and-|wrap-alone|body-beside|critical)|introduction-((topic|ack|wrap)-beside|veiled-critical))/;
  const veiled = openFixture('veiled.json');
  for (const { name, payload, isVeiled } of veiled.list<VeiledIntroductionVector>('introductions'))
    if (!besides.test(name)) expect(matches('veiled-introduction', itemOf(payload)), name).toBe(isVeiled);
  for (const { name, payload, means } of veiled.list<VeiledPayloadVector>('payloads'))
    if (!besides.test(name)) expect(matches('veiled', itemOf(payload)), name).toBe(means !== null);
});

test('acknowledgements that are read match, others do not', () => {
  for (const { name, body, reads } of openFixture('message.json').list<AckVector>('acks'))
    expect(matches('ack', decodeCbor(Buffer.from(body, 'hex'))), name).toBe(reads !== null || BEYOND_ACKS.has(name));
});

test('metadata matches where every field of it counts', () => {
  for (const { name, meta, means } of openFixture('log.json').list<MetaVector>('metadata')) {
    const item = decodeCbor(Buffer.from(meta, 'hex'));
    const known =
      item instanceof Map ? [...(item as Map<number, Cbor>).keys()].filter((key) => key >= 1 && key <= 5) : [];
    const isWhole = item instanceof Map && !means.newer && known.length === Object.keys(means).length;
    if (matches('metadata', item) !== isWhole) expect(EMPTY_RANGES, name).toContain(name);
  }
});

/** Ranges from where to where the rules can't compare. */
const EMPTY_RANGES = ['meta-retracts-in-one-bad', 'meta-retracts-nothing', 'meta-retracts-backwards'];

test('what private topics begin with matches where it is read', () => {
  for (const { name, bytes, code, rules: number } of openFixture('statements.json').list<CreateVector>('creates')) {
    if (number !== undefined && number !== 1) continue;
    const isMatching = matches('create-statement', decodeCbor(expand(bytes)));
    expect(isMatching, name).toBe(code === 'ok' || BEYOND_CREATES.has(name));
  }
});

test('statements that are read match, and so do their fields', () => {
  for (const { name, bytes, reads } of openFixture('statements.json').list<StatementVector>('statements')) {
    const item = decodeCbor(expand(bytes));
    if (!reads && !/^statement-(set|cut|devices|epoch)-/.test(name)) continue;
    const map = item as ReadonlyMap<number, Cbor>;
    const rule = FIELDS.get(map.get(5) as number);
    const isNewer = name.includes('critical');
    if (rule === undefined || isNewer) expect(reads?.kind, name).toBe('other');
    else expect(matches(rule, map.get(6)), name).toBe(reads !== null || BEYOND_FIELDS.has(name));
    if (!isNewer) expect(matches('statement', item), name).toBe(true);
  }
});

const FIELDS = new Map([
  [1, 'set-fields'],
  [2, 'devices-fields'],
  [3, 'epoch-fields'],
  [5, 'merge-fields'],
]);
/** What ascends, and which characters a label has, the rules can't say. */
const BEYOND_CREATES = new Set(['create-owners-descending', 'create-owner-twice', 'create-label-newline']);
const BEYOND_FIELDS = new Set(
  ['set-card-none', 'set-cut-member', 'cut-descending', 'epoch-to-twice', 'epoch-list-twice', 'epoch-link-twice'].map(
    (name) => `statement-${name}`,
  ),
);

test('maps of private topics that are read match, others do not', () => {
  const fixture = openFixture('epochs.json');
  const asked: [string, string, Cbor | undefined, boolean][] = [
    ...fixture
      .list<InnerVector>('inner')
      .map(({ name, kind, bytes, reads }): [string, string, Cbor | undefined, boolean] => {
        // attachments of another form count as absent
        const isWhole = reads !== null && (kind !== 'message' || !/-attached-/.test(name));
        return [name, `inner-${kind}`, decodeCbor(expand(bytes)), isWhole];
      }),
    ...fixture.list<WrapVector>('wraps').map(({ name, bytes, reads }): [string, string, Cbor | undefined, boolean] => {
      const all = Buffer.from(bytes, 'hex');
      const map = all.length < 2 ? all : all.subarray(2, 2 + all.readUInt16BE());
      return [name, 'wrap', decodeCbor(map), reads !== null];
    }),
    ...fixture
      .list<LetterVector>('letters')
      .flatMap(({ name, bytes, code }): [string, string, Cbor | undefined, boolean][] =>
        bytes === undefined ? [] : [[name, 'letter', decodeCbor(expand(bytes)), code === 'ok']],
      ),
    ...fixture.list<TopicKeysVector>('topicKeys').flatMap(({ name, bytes, reads }) => {
      const topics = decodeCbor(Buffer.from(bytes, 'hex')) as readonly Cbor[];
      return topics.map((one): [string, string, Cbor | undefined, boolean] => [
        name,
        'topic-keys',
        one,
        reads !== null,
      ]);
    }),
  ];
  const wrong = asked.filter(([, rule, item, isRead]) => matches(rule, item) !== isRead).map(([name]) => name);
  expect(wrong.filter((name) => !BEYOND_EPOCHS.test(name))).toEqual([]);
});

/** What the rules can't say: order, what is less than what, whose hash an id is, what a type asks for, padding, who signed. */
const BEYOND_EPOCHS =
  /letter-(other|foreign|added|card-rotten)|unfit|descending|twice|need-nine|message-attached-longer|message-body-number|control-no-body|control-other-type|wrap-(exact-longer|short|long|dirty)|keys-one-bad/;

test('every rule was asked', () => {
  expect(rules.names.filter((name) => !rules.used.has(name))).toEqual([]);
  expect(rules.names.length).toBeGreaterThan(15);
});

function itemOf(hex: string): Cbor | undefined {
  return decodeCbor(Buffer.from(hex, 'hex'));
}

function matches(rule: string, item: Cbor | undefined): boolean {
  return item !== undefined && rules.matches(rule, item);
}
