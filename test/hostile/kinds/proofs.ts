// Proofs of contradictions: anybody can make as many logs as they like, and contradict themselves in each.
import { bytesOf, join, sha256, u32, u64, type WireKey, wireKey, ZERO_ID } from '../../testkit/wire.js';
import { branch, proof } from '../../testkit/wire-statement.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { GOOD, judgeBundle, withMember } from '../cast.js';

const KEY = wireKey('log that contradicts itself');
const [ONE, OTHER]: [Buffer, Buffer] = [sha256('one past'), sha256('another past')];
const LINKS_MAX = 39_000;

/** Proofs of contradictions. */
export const PROOFS: Kind = { name: 'proofs', place: 'case.satchel', judge: judgeBundle, cases: cases() };

function cases(): HostileCase[] {
  return [
    { ...bad('34,000 proofs of unknown logs, signed', () => signedProofs(34_000)), isBig: true },
    { ...bad('34,000 proofs of unknown logs, not signed', () => manyProofs(34_000)), isBig: true },
    { ...bad('34,000 proofs of one log', () => Buffer.alloc(34_000 * 244, good())), isBig: true },
    {
      ...bad('two proofs of 3 MiB, not signed', () => Buffer.concat([long(), long()]), 3),
      isBig: true,
    },
    { ...bad('a proof of 3 MiB, the last link too long', () => longLink()), isBig: true },
    { ...bad('17 MiB of proofs', () => bytesOf(17 * 1_048_576)), isBig: true },
    bad('128 proofs that nobody signed', () => manyProofs(128), 3),
    bad('129 proofs that nobody signed', () => manyProofs(129)),
    bad('a proof of 4 GiB, says its length', () =>
      proof(KEY.id, 1, [branchOf(ONE), branchOf(OTHER)], { length: 2 ** 32 - 1 }),
    ),
    bad('a proof of no bytes', () => u32(0)),
    bad('a length that is cut off', () => bytesOf(3)),
    bad('2^32 - 1 links', () => proof(KEY.id, 1, [branchOf(ONE, 2 ** 32 - 1), branchOf(OTHER)])),
    bad('links that go on into the other branch', () => proof(KEY.id, 1, [branchOf(ONE, 1), branchOf(OTHER)])),
    bad('bytes behind the second branch', () => proof(KEY.id, 1, [branchOf(ONE), branchOf(OTHER), bytesOf(9)])),
    bad('at length 0', () => proof(KEY.id, 0, [branchOf(ONE), branchOf(OTHER)])),
    bad('at length 2^48', () => proof(KEY.id, 2n ** 48n, [branchOf(ONE), branchOf(OTHER)])),
    bad('one past twice', () => proof(KEY.id, 1, [branchOf(ONE), branchOf(ONE)]), 3),
    bad('of a key of small order', () => proof(small(), 1, [branchOf(ONE), branchOf(OTHER)]), 3),
    bad('metadata of 65,535 bytes', () =>
      proof(KEY.id, 1, [join(ONE, u32(1), link(0xffff), bytesOf(64)), branchOf(OTHER)]),
    ),
  ];
}

function bad(name: string, content: () => Buffer, exit = 20): HostileCase {
  const isTaken = exit === 3;
  return { name, content: () => withMember('proofs', content(), { segments: GOOD }), runs: bundleRuns(exit), isTaken };
}

function branchOf(id: Buffer, count = 0, key: WireKey = KEY): Buffer {
  return branch({ key, s: 1, id, count });
}

function good(key: WireKey = KEY): Buffer {
  return proof(key.id, 1, [branchOf(ONE, 0, key), branchOf(OTHER, 0, key)]);
}

/** Nobody's signature, of another log each. */
function manyProofs(count: number): Buffer {
  const sides = [ONE, OTHER].map((id) => join(id, u32(0), sha256('r'), sha256('s').fill(0, 31)));
  return join(...Array.from({ length: count }, (_, i) => proof(sha256(`${i}`), 1, sides)));
}

/** The first is good, and the key of each is one of a log. */
function signedProofs(count: number): Buffer {
  const kinds = Array.from({ length: 64 }, (_, i) => good(wireKey(`contradiction ${i}`)));
  return join(...Array.from({ length: count }, (_, i) => kinds[i % kinds.length] as Buffer));
}

function link(metaLength = 0): Buffer {
  return join(u32(1), sha256('payload'), Buffer.of(metaLength >> 8, metaLength & 0xff));
}

function longBranch(id: Buffer, links: Buffer): Buffer {
  return join(id, u32(links.length / 38), links, bytesOf(64, 1));
}

function long(): Buffer {
  const links = Buffer.alloc(LINKS_MAX * 38, link());
  return proof(KEY.id, 1, [longBranch(ONE, links), longBranch(OTHER, links)]);
}

function longLink(): Buffer {
  const links = Buffer.alloc(LINKS_MAX * 38, link());
  const last = join(links.subarray(38), link(600));
  const content = join(KEY.id, u64(1), longBranch(ONE, links), join(OTHER, u32(LINKS_MAX), last, bytesOf(64)));
  return join(u32(content.length), content);
}

function small(): Buffer {
  return join(Buffer.of(1), ZERO_ID.subarray(1));
}
