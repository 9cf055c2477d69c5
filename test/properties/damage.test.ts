// A bundle that is not exactly what its maker wrote is refused, and nothing changes: any bit flipped, any byte cut off or
// added, any two parts exchanged.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import type { Digest } from '../../src/format/ids.js';
import { sourceOf } from '../../src/format/source.js';
import { importBundle } from '../../src/sync/import/import.js';
import { chance, effort, SEED, trying } from '../testkit/effort.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

/** What a damaged bundle may be called; anything else, and anything that is no error of ours, is a bug. */
const REFUSALS = [
  'bad-bundle',
  'bad-tar',
  'bad-manifest',
  'bad-member',
  'not-authentic',
  'newer-version',
  'over-limit',
];
const CODES: ReadonlySet<string> = new Set(REFUSALS);

let bob: Replica;
let bytes: Buffer;
beforeEach(async () => {
  const directory = scratchDirectory();
  const stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
  const [alice, other] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
  bob = other;
  const [first] = await alice.post('t', 'hello', 'is anybody there?');
  const clone = copyOf(alice, 'clone');
  await clone.post('t', 'from the clone');
  await alice.post('t', { body: 'still here', reply: first });
  alice.import((await bundleFrom(clone, stick)) ?? '');
  bytes = fs.readFileSync((await bundleFrom(alice, stick, { full: true })) ?? '');
});

describe(`a bundle that was changed (seed ${SEED})`, () => {
  it('is refused when any byte of it has a bit flipped', () => {
    const random = chance('bits');
    const stride = Math.max(1, Math.floor(7 / effort(1)));
    const before = fingerprint(bob);
    for (let at = Math.floor(random() * stride); at < bytes.length; at += stride) {
      const mask = 1 << Math.floor(random() * 8);
      bytes[at] = (bytes[at] ?? 0) ^ mask;
      const outcome = attempt();
      if (!CODES.has(outcome)) expect.fail(`byte ${at} of ${bytes.length} changed: ${outcome}`);
      bytes[at] = (bytes[at] ?? 0) ^ mask;
    }
    expect(fingerprint(bob)).toBe(before);
    expect(attempt()).toBe('taken');
  });

  it('is refused when it ends anywhere else', () => {
    const before = fingerprint(bob);
    const whole = bytes;
    for (let size = 0; size < whole.length; size += 17) {
      bytes = whole.subarray(0, size);
      if (!CODES.has(attempt())) expect.fail(`cut at byte ${size} of ${whole.length}: ${attempt()}`);
    }
    for (const more of [1, 511, 512, 1024, 10_240]) {
      bytes = Buffer.concat([whole, Buffer.alloc(more)]);
      expect(CODES).toContain(attempt());
    }
    expect(fingerprint(bob)).toBe(before);
    bytes = whole;
    expect(attempt()).toBe('taken');
  });

  it('is refused when parts of it are overwritten, moved or left out', () => {
    const whole = bytes;
    const before = fingerprint(bob);
    const place = fc.nat(whole.length - 1);
    fc.assert(
      fc.property(place, place, fc.integer({ min: 1, max: 2_000 }), fc.boolean(), (from, to, size, isMove) => {
        bytes = isMove ? moved(whole, from, to, size) : copied(whole, from, to, size);
        fc.pre(!bytes.equals(whole));
        expect(CODES).toContain(attempt());
      }),
      trying(200),
    );
    expect(fingerprint(bob)).toBe(before);
  });
});

function attempt(): string {
  try {
    const digest = createHash('sha256').update(bytes).digest('hex') as Digest;
    importBundle(bob.session, sourceOf(bytes), { file: 'bundle', digest });
    return 'taken';
  } catch (error) {
    if (error instanceof SatchelError) return error.code;
    throw error;
  }
}

function copied(whole: Buffer, from: number, to: number, size: number): Buffer {
  const changed = Buffer.from(whole);
  whole.copy(changed, to, from, Math.min(from + size, whole.length));
  return changed;
}

function moved(whole: Buffer, from: number, to: number, size: number): Buffer {
  const rest = Buffer.concat([whole.subarray(0, from), whole.subarray(from + size)]);
  return Buffer.concat([rest.subarray(0, to), whole.subarray(from, from + size), rest.subarray(to)]);
}

/** Everything a repository consists of, as one word; locks and spools come and go. */
function fingerprint(replica: Replica): string {
  const hash = createHash('sha256');
  const files = fs
    .readdirSync(replica.directory, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile());
  for (const file of files.map((one) => path.join(one.parentPath, one.name)).sort()) {
    hash.update(`${file} `).update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}
