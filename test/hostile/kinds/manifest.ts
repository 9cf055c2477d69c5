// Manifests: their bytes are met before anything is known of who made them.
import { bytesOf, sha256 } from '../../testkit/wire.js';
import type { BundleLies, WireManifest } from '../../testkit/wire-bundle.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { GOOD, given, judgeBundle } from '../cast.js';

/** Bytes that stay below `MANIFEST_MAX` with what an honest manifest has. */
const MOST = 4_100_000;
const HEX = 'ab'.repeat(32);

/** The list of what a bundle holds. */
export const MANIFEST: Kind = { name: 'manifest', place: 'case.satchel', judge: judgeBundle, cases: cases() };

function cases(): HostileCase[] {
  const deep = (count: number): string => '['.repeat(count / 2) + ']'.repeat(count / 2);
  const forged: BundleLies = { signature: () => bytesOf(64) };
  return [
    { ...before('14 MB of nested lists', () => deep(14_000_000), 20, forged), isBig: true },
    { ...before('4 MB of nested lists, unsigned', () => deep(MOST), 21, forged), isBig: true },
    { ...before('4 MB of nested lists, signed', () => deep(MOST)), isBig: true },
    before('lists that are 17 deep with what is around them', () => deep(32)),
    {
      ...before('4 MB of nested objects, signed', () => `${'{"a":'.repeat(680_000)}1${'}'.repeat(680_000)}`),
      isBig: true,
    },
    { ...before('nesting that opens only', () => '['.repeat(MOST)), isBig: true },
    { ...before('2 million numbers in a list', () => `[${'0,'.repeat(MOST / 2)}0]`), isBig: true },
    { ...before('more than a million empty lists', () => `[${'[],'.repeat(MOST / 3)}0]`), isBig: true },
    { ...before('one text of 4 MB', () => `"${'a'.repeat(MOST)}"`, 0), isBig: true },
    {
      ...before('one text of 4 MB in characters of two bytes', () => `"${'é'.repeat(MOST / 2)}\u20ac"`, 0),
      isBig: true,
    },
    { ...before('a text of 2 million escapes', () => `"${'\\n'.repeat(MOST / 2)}"`, 0), isBig: true },
    { ...before('a number of 4 million digits', () => '9'.repeat(MOST)), isBig: true },
    { ...text('380,000 keys, each once', (json) => json.replace('{', `{${keys(380_000)},`)), isBig: true },
    { ...text('650,000 times one key', (json) => json.replace('{', `{${'"x":0,'.repeat(650_000)}`)), isBig: true },
    { ...fields('60,000 people', () => ({ for: Array.from({ length: 60_000 }, () => HEX) }), 0), isBig: true },
    {
      ...fields('90,000 members of no known name', () => ({ members: members(90_000, (i) => `m${i}`) })),
      isBig: true,
    },
    { ...fields('16,000 chunks that are not there', () => ({ members: chunks(16_000) })), isBig: true },
    { ...fields('23,000 chunks that are not there', () => ({ members: chunks(23_000) })), isBig: true },
    { ...fields('38,000 times one chunk', () => ({ members: members(38_000, () => `blobs/${HEX}`) })), isBig: true },
    text('keys that look like places in a list', (json) => json.replace('{', '{"4294967294":1,"7":1,')),
    text('a key that every object has', (json) => json.replace('{', '{"__proto__":{"serial":2},'), 0),
    text('its key far behind other fields', (json) => json.replace('{', `{"x":"${'a'.repeat(20_000)}",`)),
    text('another key of that name inside another field', (json) => json.replace('{', `{"x":{"key":"${HEX}"},`), 21),
    text('no key', (json) => json.replace('"key":', '"kez":')),
    text('bytes that are no UTF-8', (json) => Buffer.from(json.replace('{', '{"x":"\u00ff",'), 'latin1')),
    fields('more bytes than 64 GiB after decompression', () => ({ raw: 2 ** 53 - 1 })),
    fields('a serial that is no number', () => ({ serial: '1'.repeat(1_000) })),
    fields('members that add up to more than 4 GiB', (it) => ({
      members: it.members.map((member) => ({ ...member, size: 2 ** 32 - 1 })),
    })),
  ];
}

/** An unknown field before all others. */
function before(name: string, value: () => string, exit = 20, lies: BundleLies = {}): HostileCase {
  return text(name, (json) => json.replace('}\n', `,"x":${value()}}\n`), exit, lies);
}

function text(name: string, change: (json: string) => string | Buffer, exit = 20, lies: BundleLies = {}): HostileCase {
  const isTaken = exit === 0;
  return { name, content: () => given({ segments: GOOD }, { text: change, ...lies }), runs: bundleRuns(exit), isTaken };
}

function fields(name: string, change: (manifest: WireManifest) => object, exit = 20): HostileCase {
  const manifest = (it: WireManifest): object => ({ ...it, ...change(it) });
  const isTaken = exit === 0;
  return { name, content: () => given({ segments: GOOD }, { manifest }), runs: bundleRuns(exit), isTaken };
}

function keys(count: number): string {
  return Array.from({ length: count }, (_, i) => `"k${i.toString(36)}":0`).join(',');
}

function members(count: number, nameOf: (i: number) => string): object[] {
  return Array.from({ length: count }, (_, i) => ({ name: nameOf(i), size: 1, sha256: i === 0 ? HEX : '' }));
}

function chunks(count: number): object[] {
  return Array.from({ length: count }, (_, i) => {
    const digest = sha256(`${i}`).toString('hex');
    return { name: `blobs/${digest}`, size: 1, sha256: digest };
  });
}
