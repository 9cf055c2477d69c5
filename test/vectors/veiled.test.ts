// Every vector of `fixtures/veiled.json`: what opens, and what is sealed to the same bytes.
import { describe, expect } from 'vitest';
import { decodeCbor, encodeCbor } from '../../src/format/cbor/cbor.js';
import type { LogId } from '../../src/format/ids.js';
import { decodeIntroduction, sealedIntroductionIn } from '../../src/format/log/introduction.js';
import { aesCtr } from '../../src/format/platform.js';
import { type EntryPlace, entryKeys, openEntry, sealEntry } from '../../src/format/private/entry-cipher.js';
import { decodeVeiled } from '../../src/format/private/veiled-payload.js';
import { decodeMessage } from '../../src/topic/message/message.js';
import { readClock } from '../../src/topic/message/message-clock.js';
import { veiledLook } from '../../src/topic/message/message-veiled.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import type {
  CounterVector,
  SealedEntryVector,
  VeiledIntroductionVector,
  VeiledPayloadVector,
} from '../testkit/vectors-veiled.js';

const fixture = openFixture('veiled.json');

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  fixture.each<SealedEntryVector>('entries', ({ secret, log, kind, n, seq, sealed, opens, isWritten, comment }) => {
    const keys = entryKeys(Buffer.from(secret, 'hex'), log as LogId);
    const where = { kind, n, seq } as EntryPlace;
    const item = openEntry(keys, where, place(expand(sealed)));
    expect(item && encodeCbor(item).toString('hex'), comment).toBe(
      opens === null ? undefined : expand(opens).toString('hex'),
    );
    const again = opens !== null && sealEntry(keys, where, decodeCbor(expand(opens)) ?? null);
    if (again) expect(again.equals(expand(sealed)), comment).toBe(isWritten);
  });

  fixture.each<CounterVector>('counters', ({ key, counter, stream }) => {
    const bytes = place(Buffer.alloc(stream.length / 2));
    bytes.fill(0);
    expect(aesCtr(Buffer.from(key, 'hex'), Buffer.from(counter, 'hex'), bytes).toString('hex')).toBe(stream);
  });

  fixture.each<VeiledPayloadVector>('payloads', ({ payload, means, comment }) => {
    const bytes = place(Buffer.from(payload, 'hex'));
    const found = decodeVeiled(bytes);
    const told = found && { kind: found.kind, n: found.n, sealed: found.sealed.length, wrap: found.wrap !== undefined };
    expect(told ?? null, comment).toEqual(means);
    // a reader that has no keys reads nothing of it, and knows its place and what it is
    expect(decodeMessage(bytes) === undefined).toBe(veiledLook(bytes) !== undefined);
    expect(readClock(bytes)).toBe(1_767_326_400_000);
    if (means) expect(veiledLook(bytes)).toBe(means.kind);
  });

  fixture.each<VeiledIntroductionVector>('introductions', ({ payload, isVeiled, comment }) => {
    const bytes = place(Buffer.from(payload, 'hex'));
    expect(sealedIntroductionIn(bytes) !== undefined, comment).toBe(isVeiled);
    expect(decodeIntroduction(bytes)).toBeUndefined();
  });
});

fixture.expectAllRun();
