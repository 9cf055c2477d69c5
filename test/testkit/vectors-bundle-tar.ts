// Bundles whose tar file is not the canonical one (spec/bundle.md, "Tar profile"): everything that tar parsers disagree
// about. Manifest and signature are right, so nothing but the tar rules can refuse them.
import { type BundleVector, badBundle, CHUNK, FULL, SMALL } from './vectors-bundle.js';
import { bytesOf, flip, join } from './wire.js';
import { octal, paxRecord, TAR_END, type WireHeader, type WireMember } from './wire-tar.js';

/** All of them. */
export function tarVectors(): BundleVector[] {
  return [
    ...fieldVectors(),
    ...sizeVectors(),
    ...typeVectors(),
    ...extensionVectors(),
    ...memberVectors(),
    ...fillVectors(),
    ...frontVectors(),
  ];
}

function fieldVectors(): BundleVector[] {
  return [
    header('mode', 'an executable', { mode: '0000755' }),
    header('mode-spaces', 'the same mode with spaces', { mode: '   644 ' }),
    header('uid', 'an owner', { uid: '0001750' }),
    header('gid', 'a group', { gid: '0001750' }),
    header('mtime', 'a time', { mtime: '15130000000' }),
    header('user-name', 'the name of an owner', { user: 'root' }),
    header('group-name', 'the name of a group', { group: 'root' }),
    header('link-name', 'a link name on a regular file', { link: 'segments' }),
    header('prefix', 'a path before the name', { prefix: '..' }),
    header('device-major', 'a device number', { major: '0000001' }),
    header('device-minor', 'a device number', { minor: '0000001' }),
    header('device-empty', 'device numbers left out', { major: '', minor: '' }),
    header('rest', 'a byte behind the prefix', { rest: 'x' }),
    header('magic-gnu', 'the magic of GNU tar', { magic: 'ustar ', version: ' \0' }),
    header('magic-none', 'a tar file of the seventh edition', { magic: '', version: '' }),
    header('version', 'another version of ustar', { version: '01' }),
    header('checksum', 'a checksum of one more', { checksum: '0077777\0' }),
    header('checksum-as-number', 'the right checksum, ended by NUL alone', { checksum: (sum) => octal(sum, 7) }),
    header('name-spaces', 'a space behind the name', { name: 'segments ' }),
    header('name-dirty', 'bytes behind the NUL of the name', { name: 'segments\0.exe' }),
    header('name-not-ended', 'a name that fills its field', { name: `segments${'x'.repeat(92)}` }),
  ];
}

function sizeVectors(): BundleVector[] {
  const size = join(...(SMALL.segments ?? []).map(({ bytes }) => bytes)).length;
  const octal = size.toString(8);
  const base256 = Buffer.alloc(12);
  base256.writeUInt32BE(size, 8);
  base256[0] = 0x80;
  return [
    header('size-spaces', 'the size with spaces before it', { size: `${octal.padStart(11, ' ')}\0` }),
    header('size-ended-by-space', 'the size ended by a space', { size: `${octal.padStart(11, '0')} ` }),
    header('size-not-ended', 'the size in twelve digits', { size: octal.padStart(12, '0') }),
    header('size-base-256', 'the size as a binary number', { size: base256 }),
    header('size-negative', 'a negative binary number', { size: bytesOf(12, 0xff) }),
    header('size-empty', 'no size', { size: '' }),
    header('size-zero', 'a size of 0 before content', { size: '00000000000' }),
    header('size-less', 'one byte less than the manifest says', { size: (size - 1).toString(8).padStart(11, '0') }),
    header('size-more', 'one byte more than the manifest says', { size: (size + 1).toString(8).padStart(11, '0') }),
    header('size-huge', '8 GiB less one byte', { size: '77777777777' }),
  ];
}

function typeVectors(): BundleVector[] {
  const types: readonly (readonly [string, string, string])[] = [
    ['nul', '\0', 'a regular file of old'],
    ['hard-link', '1', 'a hard link'],
    ['symlink', '2', 'a symbolic link'],
    ['character-device', '3', 'a character device'],
    ['block-device', '4', 'a block device'],
    ['directory-with-size', '5', 'a directory with a size'],
    ['fifo', '6', 'a pipe'],
    ['contiguous', '7', 'a contiguous file'],
    ['sparse', 'S', 'a sparse file of GNU tar'],
    ['unknown', 'Z', 'a type nobody knows'],
  ];
  return [
    ...types.map(([name, type, comment]) => header(`type-${name}`, comment, { type })),
    header('symlink-out', 'a symbolic link with a target', { type: '2', link: '/etc/passwd' }),
  ];
}

function extensionVectors(): BundleVector[] {
  const before = (name: string, comment: string, extra: WireMember) =>
    archive(`${name}-before-segments`, comment, (members) => insertBefore(members, 'segments', extra));
  const pax = (type: string, ...records: readonly Buffer[]): WireMember => ({
    name: 'PaxHeader/segments',
    content: join(...records),
    header: { type },
  });
  const long = (type: string): WireMember => ({
    name: '././@LongLink',
    content: join('segments', '\0'),
    header: { type },
  });
  return [
    before('pax-path', 'a pax header that renames what follows', pax('x', paxRecord('path', '../../escape'))),
    before('pax-size', 'a pax header with another size', pax('x', paxRecord('size', '10'))),
    before('pax-harmless', 'a pax header that changes nothing', pax('x', paxRecord('comment', 'hello'))),
    before('pax-global', 'a pax header for all that follows', pax('g', paxRecord('comment', 'hello'))),
    before('pax-link', 'a pax header that makes a link', pax('x', paxRecord('linkpath', '/etc/passwd'))),
    before('gnu-long-name', 'a long name of GNU tar', long('L')),
    before('gnu-long-link', 'a long link name of GNU tar', long('K')),
    before('gnu-volume', 'a volume label', { name: 'volume', content: Buffer.alloc(0), header: { type: 'V' } }),
    before('directory', 'a directory', { name: 'blobs/', content: Buffer.alloc(0), header: { type: '5' } }),
    before('directory-with-size', 'a directory with content, on which some parsers hang', {
      name: 'blobs/',
      content: bytesOf(600, 0x61),
      header: { type: '5' },
    }),
    before('end', 'the two blocks of the end in the middle', { name: '', content: Buffer.alloc(0), raw: TAR_END }),
  ];
}

function memberVectors(): BundleVector[] {
  return [
    archive('member-twice', 'a member twice, where one is listed', (members) =>
      insertBefore(members, 'segments', named(members, 'segments')),
    ),
    archive('member-not-listed', 'a member more than the manifest lists', (members) => [
      ...members,
      { name: 'extra', content: CHUNK },
    ]),
    archive('member-missing', 'a member less than the manifest lists', (members) =>
      members.filter(({ name }) => name !== 'segments'),
    ),
    archive('members-swapped', 'two members changed places', (members) => swapped(members, 'contents', 'segments')),
    archive('member-renamed', 'another name than the manifest lists', (members) =>
      renamed(members, 'segments', 'segment'),
    ),
    archive('member-in-directory', 'a path before the name', (members) => renamed(members, 'segments', './segments')),
    archive('member-capitals', 'another name on this file system, the same on that', (members) =>
      renamed(members, 'segments', 'SEGMENTS'),
    ),
    archive('member-absolute', 'an absolute path', (members) => renamed(members, 'segments', '/segments')),
    archive('member-dots', 'a path that leads out', (members) => renamed(members, 'segments', '../segments')),
  ];
}

function fillVectors(): BundleVector[] {
  const dirty = (name: string, at: 'first' | 'last') =>
    badBundle(
      `tar-fill-${name.replace('.', '-')}-${at}`,
      `a byte of the filling behind ${name}`,
      'bad-tar',
      { archive: (members) => members.map((member) => (member.name === name ? dirtyFill(member, at) : member)) },
      FULL,
    );
  return [
    dirty('manifest.json', 'first'),
    dirty('manifest.sig', 'last'),
    dirty('contents', 'first'),
    dirty('segments', 'last'),
    dirty('padding', 'last'),
    archive('fill-missing', 'no filling behind a member', (members) => withFill(members, Buffer.alloc(0))),
    archive('fill-block', 'a block of filling too many', (members) => withFill(members, bytesOf(512 + 128))),
  ];
}

function frontVectors(): BundleVector[] {
  const front = (name: string, comment: string, lies: WireHeader) =>
    archive(`front-${name}`, comment, (members) => withHeader(members, 'manifest.json', lies));
  return [
    front('symlink', 'the manifest as a symbolic link', { type: '2', link: 'manifest.sig' }),
    front('directory', 'the manifest as a directory with a size', { type: '5' }),
    front('mode', 'the manifest as an executable', { mode: '0000755' }),
    front('size-spaces', 'a size that is not written in the canonical way', { size: '       1000 ' }),
    { ...front('size-zero', 'a manifest of no bytes', { size: '00000000000' }), code: 'bad-manifest' },
    { ...front('size-huge', 'a manifest of 8 GiB', { size: '77777777777' }), code: 'over-limit' },
    notFirst('front-swapped', 'the signature first', (members) => swapped(members, 'manifest.json', 'manifest.sig')),
    archive('front-twice', 'the manifest twice', (members) =>
      insertBefore(members, 'manifest.sig', named(members, 'manifest.json')),
    ),
    notFirst('front-pax', 'a pax header first', (members) => [
      { name: 'PaxHeader', content: paxRecord('comment', 'x'), header: { type: 'x' } },
      ...members,
    ]),
    archive('signature-missing', 'no signature', (members) => members.filter(({ name }) => name !== 'manifest.sig')),
    archive('signature-63', 'a signature of 63 bytes', (members) => resized(members, 63)),
    archive('signature-65', 'a signature of 65 bytes', (members) => resized(members, 65)),
    archive('signature-symlink', 'the signature as a link', (members) =>
      withHeader(members, 'manifest.sig', { type: '2', link: 'x' }),
    ),
  ];
}

/** The header of `segments` with lies in it. */
function header(name: string, comment: string, lies: WireHeader): BundleVector {
  return archive(name, comment, (members) => withHeader(members, 'segments', lies));
}

function archive(
  name: string,
  comment: string,
  change: (members: readonly WireMember[]) => readonly WireMember[],
): BundleVector {
  return badBundle(`tar-${name}`, comment, 'bad-tar', { archive: change });
}

/** Without our first header it is not known to be a bundle at all. */
function notFirst(...parts: Parameters<typeof archive>): BundleVector {
  return { ...archive(...parts), code: 'bad-bundle' };
}

function named(members: readonly WireMember[], name: string): WireMember {
  return members.find((member) => member.name === name) ?? { name, content: Buffer.alloc(0) };
}

function withHeader(members: readonly WireMember[], name: string, lies: WireHeader): WireMember[] {
  return members.map((member) => (member.name === name ? { ...member, header: lies } : member));
}

function insertBefore(members: readonly WireMember[], name: string, extra: WireMember): WireMember[] {
  return members.flatMap((member) => (member.name === name ? [extra, member] : [member]));
}

function renamed(members: readonly WireMember[], from: string, to: string): WireMember[] {
  return members.map((member) => (member.name === from ? { ...member, name: to } : member));
}

function swapped(members: readonly WireMember[], one: string, other: string): WireMember[] {
  const places: Readonly<Record<string, string>> = { [one]: other, [other]: one };
  return members.map((member) => named(members, places[member.name] ?? member.name));
}

function withFill(members: readonly WireMember[], fill: Buffer): WireMember[] {
  return members.map((member) => (member.name === 'contents' ? { ...member, fill } : member));
}

function dirtyFill(member: WireMember, at: 'first' | 'last'): WireMember {
  return { ...member, fill: flip(bytesOf(-member.content.length & 511), at === 'first' ? 0 : -1) };
}

function resized(members: readonly WireMember[], size: number): WireMember[] {
  const longer = (content: Uint8Array) => join(content, '\0').subarray(0, size);
  return members.map((member) =>
    member.name === 'manifest.sig' ? { ...member, content: longer(member.content) } : member,
  );
}
