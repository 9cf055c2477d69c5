// Frontiers and wants: what somebody says that it holds and lacks.
import { bytesOf, join, sha256, u32, u64, ZERO_ID } from '../../testkit/wire.js';
import { frontier, OPEN_END, wants } from '../../testkit/wire-statement.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { GOOD, given, judgeBundle, withMember } from '../cast.js';

const LOG = sha256('some log');
const ID = sha256('some id');

/** What a signer holds. */
export const FRONTIER: Kind = {
  name: 'frontier',
  place: 'case.satchel',
  judge: judgeBundle,
  cases: [
    held('64 KiB of logs of which nothing is held', () => filled(36, (i) => join(sha256(`${i}`), u32(0))), 0),
    held(
      'one log in 1,364 ranges',
      () =>
        join(
          LOG,
          u32(1_364),
          filled(48, (i) => range(2 * i, 2 * i + 1), 65_472),
        ),
      0,
    ),
    held('64 KiB and one byte', () => bytesOf(65_537)),
    held('16 MiB', () => bytesOf(16 * 1_048_576)),
    held('2^32 - 1 ranges', () => frontier([{ log: LOG, ranges: [], count: 2 ** 32 - 1 }])),
    held('one range more than there are', () => frontier([{ log: LOG, ranges: [[0, 1, ID]], count: 2 }])),
    held('one range less than there are', () => frontier([{ log: LOG, ranges: [[0, 1, ID]], count: 0 }])),
    held('ranges that overlap', () =>
      frontier([
        {
          log: LOG,
          ranges: [
            [0, 5, ID],
            [4, 6, ID],
          ],
        },
      ]),
    ),
    held('ranges that descend', () =>
      frontier([
        {
          log: LOG,
          ranges: [
            [5, 6, ID],
            [0, 1, ID],
          ],
        },
      ]),
    ),
    held('an empty range', () => frontier([{ log: LOG, ranges: [[5, 5, ID]] }])),
    held('a range from 2^63 on', () => frontier([{ log: LOG, ranges: [[2n ** 63n, 2n ** 63n + 1n, ID]] }])),
    held('a range up to 2^48', () => frontier([{ log: LOG, ranges: [[0, 2n ** 48n, ID]] }])),
    held('an open end with an id', () => frontier([{ log: LOG, ranges: [[0, OPEN_END, ID]] }])),
    held('a range behind an open end', () =>
      frontier([
        {
          log: LOG,
          ranges: [
            [0, OPEN_END, ZERO_ID],
            [9, 10, ID],
          ],
        },
      ]),
    ),
    held('a log twice', () =>
      frontier([
        { log: LOG, ranges: [] },
        { log: LOG, ranges: [] },
      ]),
    ),
    held('a log that is cut off', () => bytesOf(35)),
    held('an open end of everything', () => frontier([{ log: LOG, ranges: [[0, OPEN_END, ZERO_ID]] }]), 0),
    lying('another digest than the manifest says', 'frontier', () => frontier([{ log: LOG, ranges: [] }])),
  ],
};

/** What a signer lacks of attachments. */
export const WANTS: Kind = {
  name: 'wants',
  place: 'case.satchel',
  judge: judgeBundle,
  cases: [
    lacked('64 KiB of blobs', () => filled(36, (i) => join(sha256(`${i}`), u32(0))), 0),
    lacked(
      'one blob in 8,187 ranges',
      () =>
        join(
          LOG,
          u32(8_187),
          filled(8, (i) => join(u32(2 * i), u32(2 * i + 1)), 65_496),
        ),
      0,
    ),
    lacked('64 KiB and one byte', () => bytesOf(65_537)),
    lacked('2^32 - 1 ranges', () => wants([{ root: LOG, count: 2 ** 32 - 1 }])),
    lacked('one range more than there are', () => wants([{ root: LOG, chunks: [[0, 1]], count: 2 }])),
    lacked('one range less than there are', () => wants([{ root: LOG, chunks: [[0, 1]], count: 0 }])),
    lacked('ranges that overlap', () =>
      wants([
        {
          root: LOG,
          chunks: [
            [0, 5],
            [4, 6],
          ],
        },
      ]),
    ),
    lacked('ranges that descend', () =>
      wants([
        {
          root: LOG,
          chunks: [
            [5, 6],
            [0, 1],
          ],
        },
      ]),
    ),
    lacked('an empty range', () => wants([{ root: LOG, chunks: [[5, 5]] }])),
    lacked('chunks up to 2^32 - 1', () => wants([{ root: LOG, chunks: [[0, 2 ** 32 - 1]] }])),
    lacked('a blob twice', () => wants([{ root: LOG }, { root: LOG }])),
    lacked('a blob that is cut off', () => bytesOf(35, 1)),
    lacked('a blob behind the mark that more is lacked', () => wants([{ root: ZERO_ID }, { root: LOG }])),
    lacked('ranges of the mark that more is lacked', () => wants([{ root: ZERO_ID, chunks: [[0, 1]] }])),
    lying('another digest than the manifest says', 'wants', () => wants([{ root: LOG }])),
  ],
};

function held(name: string, content: () => Buffer, exit = 20): HostileCase {
  return stated(name, () => withMember('frontier', content()), exit);
}

function lacked(name: string, content: () => Buffer, exit = 20): HostileCase {
  return stated(name, () => withMember('wants', content()), exit);
}

function stated(name: string, content: () => Buffer, exit: number): HostileCase {
  return { name, content, runs: bundleRuns(exit), ...(exit === 0 && { isTaken: true }) };
}

/** The last byte of the member is another than its digest says. */
function lying(name: string, member: 'frontier' | 'wants', content: () => Buffer): HostileCase {
  const archive = (members: readonly { readonly name: string; readonly content: Uint8Array }[]) =>
    members.map((one) => (one.name === member ? { ...one, content: Buffer.from(one.content).fill(9, 0, 1) } : one));
  return stated(name, () => given({ segments: GOOD, [member]: content() }, { archive }), 20);
}

function range(from: number, end: number): Buffer {
  return join(u64(from), u64(end), ID);
}

/** As many pieces of that size as find room in 64 KiB. */
function filled(size: number, piece: (i: number) => Buffer, most = 65_536): Buffer {
  return join(...Array.from({ length: Math.floor(most / size) }, (_, i) => piece(i)));
}
