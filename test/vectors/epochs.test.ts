// Every vector of `fixtures/epochs.json`.
import { describe, expect } from 'vitest';
import { decodeCbor } from '../../src/format/cbor/cbor.js';
import type { EpochId } from '../../src/format/ids.js';
import {
  controlEpochsIn,
  type EpochKeys,
  epochFits,
  epochItems,
  wholeEpochsIn,
} from '../../src/format/private/epoch.js';
import { openLink, sealLink } from '../../src/format/private/link.js';
import { type SivPlace, sivKeys, sivOpen, sivSeal } from '../../src/format/private/siv.js';
import { decodeTopicKeys, encodeTopicKeys } from '../../src/format/private/topic-keys.js';
import { decodeWrap, encodeWrap } from '../../src/format/private/wrap.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import type { CipherVector, EpochVector, LinkVector, TopicKeysVector, WrapVector } from '../testkit/vectors-epochs.js';

const fixture = openFixture('epochs.json');
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
    const told = topics?.map(({ statement, epochs }) => [
      statement.toString('hex'),
      epochs.filter(({ data }) => data).map(({ id }) => id),
      epochs.filter(({ data }) => !data).map(({ id }) => id),
    ]);
    expect(told ?? null, comment).toEqual(reads);
    if (topics) expect(decodeTopicKeys(encodeTopicKeys(topics))).toEqual(topics);
  });

  fixture.each<WrapVector>('wraps', ({ bytes, reads, comment }) => {
    const wrap = decodeWrap(at(hex(bytes)));
    expect(wrap ? { topic: wrap.topic, ...idsOf(wrap.epochs) } : null, comment).toEqual(reads);
    if (wrap) expect(decodeWrap(encodeWrap(wrap))).toEqual(wrap);
  });

  function idsOf(epochs: readonly EpochKeys[]) {
    const of = (isWhole: boolean) => epochs.filter(({ data }) => (data !== undefined) === isWhole).map(({ id }) => id);
    return { whole: of(true), control: of(false) };
  }

  function listIn(text: string) {
    return decodeCbor(at(hex(text)));
  }
});

fixture.expectAllRun();
