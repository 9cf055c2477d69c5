// Manifests: their bytes are met before anything is known of who made them.
import { bytesOf, sha256 } from '../../testkit/wire.js';
import type { BundleLies, WireManifest } from '../../testkit/wire-bundle.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { GOOD, given, judgeBundle } from '../cast.js';

/** Bytes that stay below `MANIFEST_MAX` with what an honest manifest has. */
const MOST = 16_700_000;
const HEX = 'ab'.repeat(32);

/** The list of what a bundle holds. */
export const MANIFEST: Kind = { name: 'manifest', place: 'case.satchel', judge: judgeBundle, cases: cases() };

function cases(): HostileCase[] {
  const deep = (count: number): string => '['.repeat(count / 2) + ']'.repeat(count / 2);
  const forged: BundleLies = { signature: () => bytesOf(64) };
  return [
    { ...before('14 MB of nested lists, unsigned', () => deep(14_000_000), 21, forged), isBig: true },
    { ...before('14 MB of nested lists, signed', () => deep(14_000_000)), isBig: true },
    before('lists that are 17 deep with what is around them', () => deep(32)),
    {
      ...before('14 MB of nested objects, signed', () => `${'{"a":'.repeat(2_300_000)}1${'}'.repeat(2_300_000)}`),
      isBig: true,
    },
    { ...before('nesting that opens only', () => '['.repeat(MOST)), isBig: true },
    { ...before('8 million numbers in a list', () => `[${'0,'.repeat(MOST / 2)}0]`), isBig: true },
    { ...before('5 million empty lists', () => `[${'[],'.repeat(MOST / 3)}0]`), isBig: true },
    { ...before('one text of 16 MB', () => `"${'a'.repeat(MOST)}"`), isBig: true },
    { ...before('one text of 16 MB in characters of two bytes', () => `"${'é'.repeat(MOST / 2)}\u20ac"`), isBig: true },
    { ...before('a text of 8 million escapes', () => `"${'\\n'.repeat(MOST / 2)}"`), isBig: true },
    { ...before('a number of 16 million digits', () => '9'.repeat(MOST)), isBig: true },
    { ...text('a million keys, each once', (json) => json.replace('{', `{${keys(1_000_000)},`)), isBig: true },
    { ...text('a million times one key', (json) => json.replace('{', `{${'"x":0,'.repeat(1_000_000)}`)), isBig: true },
    { ...fields('240,000 people', () => ({ for: Array.from({ length: 240_000 }, () => HEX) }), 0), isBig: true },
    {
      ...fields('200,000 members of no known name', () => ({ members: members(200_000, (i) => `m${i}`) })),
      isBig: true,
    },
    { ...fields('100,000 chunks that are not there', () => ({ members: chunks(100_000) })), isBig: true },
    { ...fields('100,000 times one chunk', () => ({ members: members(100_000, () => `blobs/${HEX}`) })), isBig: true },
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
