// Files that are cut off, extended, rotten, or no bundles at all (spec/bundle.md, "Reading", "Salvage").
import type { ErrorCode } from '../../src/format/error.js';
import { ADA_INTRO, ADA_MESSAGES, type BundleVector, badBundle, badFile, FULL, SMALL } from './vectors-bundle.js';
import { bytesOf, flip, join } from './wire.js';
import { bundle } from './wire-bundle.js';
import { TAR_END, tar, tarHeader } from './wire-tar.js';

/** All of them. */
export function fileVectors(): BundleVector[] {
  return [...foreignVectors(), ...cutVectors(), ...longerVectors(), ...rottenVectors(), ...textVectors()];
}

/** Changed as text on the way: the first is a forgery to the eye, for only the signature differs where it is looked for. */
function textVectors(): BundleVector[] {
  const file = bundle(FULL);
  const changed = (name: string, comment: string, bytes: Buffer) =>
    badFile(`text-${name}`, comment, 'bad-tar', bytes, FULL.segments);
  return [
    changed('two-bytes', 'each byte above 127 as two, as if it were Latin-1', Buffer.from(file.toString('latin1'))),
    changed('replaced', 'each byte that is no UTF-8 replaced', Buffer.from(file.toString('utf8'))),
    changed('line-feeds', 'a carriage return before each line feed', Buffer.from(withReturns(file), 'latin1')),
  ];
}

function withReturns(file: Buffer): string {
  return file.toString('latin1').replaceAll('\n', '\r\n');
}

function foreignVectors(): BundleVector[] {
  const file = bundle(SMALL);
  const foreign = (name: string, comment: string, bytes: Buffer) =>
    badFile(`foreign-${name}`, comment, 'bad-bundle', bytes, SMALL.segments);
  return [
    foreign('empty-file', 'no bytes', Buffer.alloc(0)),
    foreign('text', 'a text file', Buffer.from('Dear Ada,\n')),
    foreign('zeros', 'a file that was never written', bytesOf(4096)),
    foreign('age', 'sealed with age', Buffer.from('age-encryption.org/v1\n-> X25519 abc\n')),
    foreign('gzip', 'a gzip file', GZIP),
    foreign('other-tar', 'a tar file of something else', tar([{ name: 'README.md', content: Buffer.from('hello') }])),
    foreign('segment', 'a bare segment', ADA_MESSAGES.bytes),
    foreign('empty-tar', 'a tar file of nothing', TAR_END),
    foreign('junk-before', 'a byte before the bundle', join('\n', file)),
    foreign('block-before', 'a block of zeros before the bundle', join(bytesOf(512), file)),
    foreign('dot-slash', 'as "tar c ./manifest.json" writes it', renamedFront(file, './manifest.json')),
    foreign('longer-name', 'a name that only begins like ours', renamedFront(file, 'manifest.jsonx')),
  ];
}

function cutVectors(): BundleVector[] {
  const file = bundle(FULL);
  const cut = (name: string, comment: string, end: number) =>
    badFile(`cut-${name}`, comment, 'bad-tar', file.subarray(0, end), FULL.segments);
  const inSecond = file.indexOf(ADA_MESSAGES.bytes) + 40;
  const afterFirst = file.indexOf(ADA_INTRO.bytes) + ADA_INTRO.bytes.length;
  return [
    cut('in-first-header', 'ends inside the first header', 100),
    cut('behind-first-header', 'ends behind the first header', 512),
    cut('in-manifest', 'ends inside the manifest', 700),
    cut('in-signature', 'ends inside the signature', file.indexOf('manifest.sig') + 512 + 20),
    cut('behind-signature', 'a signed manifest and nothing of what it lists', file.indexOf('contents\0')),
    cut('in-contents', 'ends inside the contents', file.indexOf('contents\0') + 512 + 150),
    cut('in-segment', 'ends inside the second segment: the first is salvaged', inSecond),
    cut('between-segments', 'ends behind the first segment', afterFirst),
    cut('by-a-quarter', 'a quarter is missing', Math.floor(file.length * 0.75)),
    cut('before-end', 'the two blocks at the end are missing', file.length - 1024),
    cut('in-end', 'one of the two blocks at the end is missing', file.length - 512),
    cut('by-one', 'the last byte is missing', file.length - 1),
  ];
}

function longerVectors(): BundleVector[] {
  const file = bundle(SMALL);
  const longer = (name: string, comment: string, bytes: Buffer) =>
    badFile(`longer-${name}`, comment, 'bad-tar', bytes, SMALL.segments);
  return [
    longer('by-one', 'one byte behind the end', join(file, '\0')),
    longer('by-a-block', 'a third block of zeros, as tar pads to a record', join(file, bytesOf(512))),
    longer('by-a-record', 'padded to 10,240 bytes', join(file, bytesOf(10_240 - (file.length % 10_240)))),
    longer('by-a-newline', 'a newline behind the end, as mailers add it', join(file, '\r\n')),
    longer('by-itself', 'the bundle twice', join(file, file)),
    longer('by-a-segment', 'a segment behind the end', join(file, ADA_INTRO.bytes)),
    badBundle('longer-end-dirty', 'a byte in the second block at the end', 'bad-tar', { end: flip(TAR_END, 700) }),
    badBundle('longer-end-dirty-first', 'a byte in the first block at the end', 'bad-tar', { end: flip(TAR_END, 511) }),
    badBundle('longer-no-end', 'other bytes where the end must be', 'bad-tar', { end: bytesOf(1024, 0x20) }),
  ];
}

function rottenVectors(): BundleVector[] {
  const file = bundle(FULL);
  const flipped = (name: string, comment: string, code: ErrorCode, at: number, mask = 0x10) =>
    badFile(`rotten-${name}`, comment, code, flip(file, at, mask), FULL.segments);
  const rotten = (name: string, comment: string, needle: string | Buffer, by: number) =>
    flipped(name, comment, 'bad-member', file.indexOf(needle) + by);
  const inData = (name: string) => join(name, bytesOf(100 - name.length));
  const serial = file.indexOf('"serial":1') + 9;
  return [
    flipped('manifest', 'a bit of the manifest, which is no JSON then: nobody looks', 'not-authentic', serial),
    flipped('serial', 'a bit of the serial, which is another one then', 'not-authentic', serial, 0x02),
    flipped('signature', 'one bit of the signature', 'not-authentic', file.indexOf(inData('manifest.sig')) + 512 + 30),
    rotten('contents', 'one bit of an id in the contents', inData('contents'), 512 + 60),
    rotten('frontier', 'one bit of an id in the frontier', inData('frontier'), 512 + 60),
    rotten('proofs', 'one bit of a signature in a proof', inData('proofs'), 512 + 130),
    rotten('segment', 'one bit of a payload: the other segments are salvaged', ADA_MESSAGES.bytes, 130),
    rotten('segment-magic', 'one bit of a magic', ADA_MESSAGES.bytes, 3),
    rotten('blob', 'one bit of a chunk', 'a very small picture', 3),
    rotten('padding', 'one bit of the padding', inData('padding'), 512 + 200),
  ];
}

function renamedFront(file: Buffer, name: string): Buffer {
  const size = Number.parseInt(file.toString('latin1', 124, 135), 8);
  return join(tarHeader(name, size), file.subarray(512));
}

/** An empty file, as gzip wrote it once. */
const GZIP = Buffer.from('H4sIAAAAAAAAAwMAAAAAAAAAAAA=', 'base64');
