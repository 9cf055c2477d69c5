// Bundles with a manifest that is wrong, signed all the same, or signed wrongly (spec/bundle.md, "Manifest").
import { ADA } from './cast.js';
import { ADA_CARD, type BundleVector, badBundle, CHUNK, FULL, SMALL } from './vectors-bundle.js';
import { keyEndsAt, lists, objectOf } from './vectors-bundle-good.js';
import { bytesOf, flip, join, sha256, u8, WIRE_DOMAINS, wireKey, wireSign } from './wire.js';
import { type BundleLies, SIGNER, type WireBundle, type WireListed, type WireManifest } from './wire-bundle.js';

/** All of them. */
export function manifestVectors(): BundleVector[] {
  return [
    ...textVectors(),
    ...formatVectors(),
    ...fieldVectors(),
    ...totalVectors(),
    ...listVectors(),
    ...sizeLimitVectors(),
    ...signatureVectors(),
  ];
}

function textVectors(): BundleVector[] {
  return [
    text('no-json', 'text that is no JSON', () => 'hello\n'),
    text('cut-off', 'the closing brace is missing', (json) => `${json.slice(0, -2)}\n`),
    text('no-newline', 'the line is not ended', (json) => json.trimEnd()),
    text('two-newlines', 'an empty line behind it', (json) => `${json}\n`),
    text('carriage-return', 'ended as on Windows', (json) => json.replace('\n', '\r\n')),
    text('byte-order-mark', 'a mark before it', (json) => `\ufeff${json}`),
    text('pretty', 'spaces that JSON allows', (json) => `${JSON.stringify(JSON.parse(json), undefined, 2)}\n`),
    text('space-before', 'a space before it', (json) => ` ${json}`),
    text('array', 'a list', () => '[]\n'),
    text('null', 'null', () => 'null\n'),
    text('string', 'a string', () => '"satchel-bundle/1"\n'),
    text('not-utf8', 'a byte that is no UTF-8 in an unknown field', (json) => broken(json)),
    text('key-twice', 'a field twice, with the same value', (json) =>
      json.replace('"serial":1', '"serial":1,"serial":1'),
    ),
    text('key-twice-two-values', 'a field twice: which one counts is up to the parser', (json) =>
      json.replace('"serial":1', '"serial":1,"serial":2'),
    ),
    text('key-twice-inside', 'a field of a member twice', (json) => json.replace('"size":', '"size":1,"size":')),
    text('key-twice-unknown', 'an unknown field twice', (json) => json.replace('{', '{"x":1,"x":2,')),
    text('key-twice-escaped', 'the same field in two spellings', (json) =>
      json.replace('{', '{"\\u0066ormat":"satchel-bundle/1",'),
    ),
    text('escaped-letter', 'a letter as an escape', (json) => json.replace('"format"', '"\\u0066ormat"')),
    text('proto-twice', 'a key that some parsers swallow, twice', (json) =>
      json.replace('{', '{"__proto__":1,"__proto__":2,'),
    ),
    text('number-with-point', '1.0', (json) => json.replace('"serial":1', '"serial":1.0')),
    text('number-with-exponent', '1e0', (json) => json.replace('"serial":1', '"serial":1e0')),
    text('number-negative-zero', '-0', (json) => json.replace('"serial":1', '"serial":-0')),
    text('number-too-exact', 'more digits than a number has', (json) => json.replace('{', '{"x":9007199254740993,')),
    text('key-of-digits', 'a key of digits alone, in front where ECMAScript would put it', (json) =>
      json.replace('{', '{"7":1,'),
    ),
    text('key-of-digits-inside', 'the same deeper inside, behind a zero', (json) =>
      json.replace('{', '{"x":[{"00":1}],'),
    ),
    text('deep', '20,000 lists inside each other', (json) =>
      json.replace('{', `{"x":${'['.repeat(20_000)}${']'.repeat(20_000)},`),
    ),
    field('deep-17', 'lists one deeper than may be, with the object around them', { later: lists(16) }),
    field('keys-257', 'an object of one key more than may be', { later: objectOf(257) }),
    field('commas-524289', 'more commas than may be', { later: Array.from({ length: 524_290 }, () => 0) }),
    text('key-ends-at-4097', 'its key ends one byte behind where it has to', keyEndsAt(4_097)),
    text('key-of-another-first', 'its own key inside another field, and another where it belongs', (json) =>
      json.replace(/"key":"([0-9a-f]+)"/, (own) => `"x":{${own}},"key":"${'ab'.repeat(32)}"`),
    ),
    text('trailing', 'another value behind it', (json) => json.replace('\n', '{}\n')),
    text('comment', 'a comment', (json) => json.replace('{', '{/**/')),
  ];
}

function formatVectors(): BundleVector[] {
  const newer = (name: string, comment: string, lies: BundleLies) =>
    badBundle(`manifest-${name}`, comment, 'newer-version', lies);
  const format = 'satchel-bundle/2';
  return [
    newer('format-2', 'made by a newer version', says({ format })),
    newer('format-999999999', 'made by a much newer version', says({ format: 'satchel-bundle/999999999' })),
    newer('format-2-other-fields', 'nothing else of it is looked at', {
      manifest: () => ({ format, shape: 'unknown' }),
    }),
    newer('format-2-signed-otherwise', 'not even how it is signed', {
      ...says({ format }),
      signature: () => bytesOf(64),
    }),
    field('format-1000000000', 'a number of ten digits', { format: 'satchel-bundle/1000000000' }),
    field('format-missing', 'no format', { format: undefined }),
    field('format-0', 'a version that never was', { format: 'satchel-bundle/0' }),
    field('format-01', 'a number with a zero before it', { format: 'satchel-bundle/01' }),
    field('format-words', 'not a number', { format: 'satchel-bundle/next' }),
    field('format-other', 'a format of somebody else', { format: 'git-bundle/1' }),
    field('format-number', 'a number', { format: 1 }),
  ];
}

function fieldVectors(): BundleVector[] {
  const hex = ADA.id.toString('hex');
  return [
    field('key-missing', 'no key', { key: undefined }),
    field('key-short', 'a key of 31 bytes', { key: hex.slice(2) }),
    field('key-capitals', 'a key in capitals', { key: SIGNER.id.toString('hex').toUpperCase() }),
    field('epoch-short', 'an epoch of 31 digits', { epoch: '0'.repeat(31) }),
    field('epoch-number', 'an epoch that is a number', { epoch: 7 }),
    field('serial-missing', 'no serial', { serial: undefined }),
    field('serial-negative', 'a serial below zero', { serial: -1 }),
    field('serial-half', 'a serial that is not whole', { serial: 1.5 }),
    field('serial-text', 'a serial that is text', { serial: '1' }),
    field('serial-2-53', 'a serial that is not exact', { serial: 2 ** 53 }),
    field('created-missing', 'no time', { created: undefined }),
    field('created-seconds', 'a time without milliseconds', { created: '2026-01-02T03:04:05Z' }),
    field('created-offset', 'a time in another zone', { created: '2026-01-02T03:04:05.678+01:00' }),
    field('created-date', 'a date', { created: '2026-01-02' }),
    field('created-no-such-day', 'the 30th of February', { created: '2026-02-30T00:00:00.000Z' }),
    field('created-number', 'a number', { created: 1_767_323_045_678 }),
    field('created-1969', 'before 1970', { created: '1969-12-31T23:59:59.999Z' }),
    field('created-10000', 'a year of five digits', { created: '+010000-01-01T00:00:00.000Z' }),
    field('for-missing', 'nobody is not the same as no list', { for: undefined }),
    field('for-text', 'a person in place of a list', { for: hex }),
    field('for-name', 'a name in place of an id', { for: ['Ada'] }),
    field('for-null', 'a list of nothing', { for: [null] }),
    field('card-number', 'a card that is a number', { card: 1 }),
    field('card-null', 'a card that is null', { card: null }),
    field('card-nothing', 'no letter of a card', { card: 'satchel1:' }),
    field('card-padded', 'a sign that base64url without padding does not have', { card: `${ADA_CARD.slice(0, 60)}=` }),
    field('card-prefix', 'text that is no card', { card: 'hello' }),
    field('card-621', 'a card of 621 characters', { card: `satchel1:${'A'.repeat(612)}` }),
    field('card-newline', 'a line break in a card', { card: `${ADA_CARD.slice(0, 60)}\n${ADA_CARD.slice(60)}` }),
  ];
}

function totalVectors(): BundleVector[] {
  return [
    field('logs-missing', 'no number of logs', { logs: undefined }),
    field('logs-more', 'one log more than there are', { logs: 3 }),
    field('logs-less', 'one log less than there are', { logs: 1 }),
    field('logs-above-segments', 'more logs than segments', { logs: 5 }),
    field('logs-0', 'segments of no log', { logs: 0 }),
    field('segments-more', 'one segment more than the contents have', { segments: 5 }),
    field('segments-less', 'one segment less than the contents have', { segments: 3 }),
    field('entries-more', 'one entry more than there are', { entries: 10 }),
    field('entries-less', 'one entry less than there are', { entries: 8 }),
    field('entries-below-segments', 'fewer entries than segments', { entries: 3 }),
    field('raw-more', 'one byte more than there is', (manifest) => ({ raw: Number(manifest.raw) + 1 })),
    field('raw-less', 'decompresses to one byte more than announced', (manifest) => ({
      raw: Number(manifest.raw) - 1,
    })),
    field('raw-0', 'announces nothing', { raw: 0 }),
    field('totals-of-nothing', 'logs and entries where there are none', { logs: 1, entries: 1 }, {}),
    field('raw-of-nothing', 'a byte where there are no segments', { raw: 1 }, {}),
    field('entries-of-nothing', 'an entry where there are none', { entries: 1 }, {}),
  ];
}

function listVectors(): BundleVector[] {
  const chunkName = `blobs/${sha256('other').toString('hex')}`;
  return [
    list('missing', 'no list', undefined),
    list('no-list', 'an object', {}),
    list('of-names', 'names in place of objects', ['contents', 'segments']),
    list('of-nothing', 'null in the list', [null]),
    listed('extra-key', 'a key more', (member) => ({ ...member, mode: '0644' })),
    listed('key-missing', 'a key less', ({ name, size }) => ({ name, size })),
    listed('size-0', 'an empty member is left out', (member) => ({ ...member, size: 0 })),
    listed('size-negative', 'a size below zero', (member) => ({ ...member, size: -1 })),
    listed('size-half', 'a size that is not whole', (member) => ({ ...member, size: 384.5 })),
    listed('size-text', 'a size that is text', (member) => ({ ...member, size: String(member.size) })),
    listed('digest-capitals', 'a digest in capitals', (member) => ({
      ...member,
      sha256: String(member.sha256).toUpperCase(),
    })),
    listed('digest-short', 'a digest of 63 digits', (member) => ({
      ...member,
      sha256: String(member.sha256).slice(1),
    })),
    listed('name-number', 'a name that is a number', (member) => ({ ...member, name: 1 })),
    listed('name-unknown', 'a name nobody knows', (member) => ({ ...member, name: 'readme' })),
    listed('name-empty', 'no name', (member) => ({ ...member, name: '' })),
    listed('name-path', 'a path that leads out', (member) => ({ ...member, name: '../contents' })),
    listed('name-absolute', 'an absolute path', (member) => ({ ...member, name: '/contents' })),
    listed('name-capitals', 'a name in capitals', (member) => ({ ...member, name: 'Contents' })),
    listed('name-nul', 'a NUL behind the name', (member) => ({ ...member, name: 'contents\0' })),
    listed('name-manifest', 'the manifest is not listed', (member) => ({ ...member, name: 'manifest.json' })),
    listed('name-signature', 'nor its signature', (member) => ({ ...member, name: 'manifest.sig' })),
    listed('name-proto', 'a name that some languages have in every object', (member) => ({
      ...member,
      name: 'constructor',
    })),
    listed('name-blobs', 'a directory', (member) => ({ ...member, name: 'blobs/' })),
    changed('size-0', 'an empty member is left out', (members) => members.map((m) => ({ ...m, size: 0 })), {
      padding: 9,
    }),
    changed('order', 'two members in the wrong order', (members) => members.toReversed()),
    changed('twice', 'a member twice', (members) => [...members.slice(0, 1), ...members]),
    changed('contents-missing', 'segments without contents', (members) => members.slice(1)),
    changed('segments-missing', 'contents without segments', (members) => members.slice(0, 1)),
    changed('blob-behind-padding', 'a chunk behind the padding', (members) => members.toReversed(), {
      blobs: [CHUNK],
      padding: 9,
    }),
    changed(
      'blob-name-short',
      'a chunk named by half a digest',
      (members) => members.map((m) => ({ ...m, name: 'blobs/00' })),
      {
        blobs: [CHUNK],
      },
    ),
    changed('blob-name-path', 'a path below blobs', (members) => members.map((m) => ({ ...m, name: `${m.name}/x` })), {
      blobs: [CHUNK],
    }),
    changed(
      'blob-name-wrong',
      'a chunk not named by its digest',
      (members) => members.map((m) => ({ ...m, name: chunkName })),
      {
        blobs: [CHUNK],
      },
    ),
    changed(
      'blob-name-capitals',
      'a digest in capitals',
      (members) => members.map((m) => ({ ...m, name: capitals(m) })),
      {
        blobs: [CHUNK],
      },
    ),
  ];
}

function sizeLimitVectors(): BundleVector[] {
  const over = (
    name: string,
    comment: string,
    manifest: (manifest: WireManifest) => object,
    spec: WireBundle = SMALL,
  ) => badBundle(`limit-${name}`, comment, 'over-limit', { manifest }, spec);
  const sized = (name: string, size: number) => (manifest: WireManifest) => ({
    ...manifest,
    members: manifest.members.map((member) => (member.name === name ? { ...member, size } : member)),
  });
  const records = (count: number) => (manifest: WireManifest) => ({
    ...sized('contents', count * 96)(manifest),
    segments: count,
    entries: count,
  });
  const filler = (text: string) => text.replace('{', `{"x":"${'.'.repeat(4_194_304)}",`);
  return [
    badBundle('limit-manifest-4194305', 'a manifest of more than 4 MiB', 'over-limit', { text: filler }, {}),
    over('contents-16777248', 'contents of more than 16 MiB', records(174_763)),
    cutAt('limit-contents-16777152', 'the largest contents: not refused for it, but cut off', records(174_762)),
    over('proofs-8388609', 'proofs of more than 8 MiB', sized('proofs', 8_388_609), FULL),
    cutAt('limit-proofs-8388608', 'proofs of 8 MiB: not refused for it, but cut off', sized('proofs', 8_388_608), FULL),
    cutAt(
      'limit-frontier-65536',
      'a frontier of 64 KiB: not refused for it, but cut off',
      sized('frontier', 65_536),
      FULL,
    ),
    over('frontier-65537', 'a frontier of more than 64 KiB', sized('frontier', 65_537), FULL),
    over('padding-4294967296', 'padding of 4 GiB', sized('padding', 2 ** 32), FULL),
    over('bundle-4294967296', 'members that add up to 4 GiB', sumTo(2 ** 32), { padding: 1 }),
    cutAt('limit-bundle-4294966784', 'the largest bundle: not refused for it, but cut off', sumTo(2 ** 32 - 512), {
      padding: 1,
    }),
    over('raw-68719476737', 'announces more than 64 GiB', (manifest) => ({ ...manifest, raw: 2 ** 36 + 1 })),
    field('raw-68719476736', 'announces 64 GiB and has less', { raw: 2 ** 36 }),
    badBundle('limit-blob-1048577', 'a chunk of more than 1 MiB', 'over-limit', {}, { blobs: [bytesOf(1_048_577)] }),
  ];
}

function signatureVectors(): BundleVector[] {
  const other = wireKey('somebody else');
  const forged = (name: string, comment: string, lies: BundleLies) =>
    badBundle(`signature-${name}`, comment, 'not-authentic', lies);
  const neutral = join(u8(1), bytesOf(31));
  return [
    forged('zero', 'no signature', { signature: () => bytesOf(64) }),
    forged('rotten', 'one bit', { signature: (signature) => flip(signature, 5) }),
    forged('other-key', 'signed by another key than it names', says({ key: other.id.toString('hex') })),
    forged('no-domain', 'signed without the domain string', { domain: '' }),
    forged('foreign-domain', 'signed as a card', { domain: WIRE_DOMAINS.card }),
    forged('domain-without-nul', 'the NUL belongs to the domain string', { domain: 'satchel/manifest/v1' }),
    forged('without-newline', 'signed without the end of the line', {
      signature: (_, manifest) => signed(manifest.subarray(0, -1)),
    }),
    forged('of-digest', 'signed over the digest of the manifest', {
      signature: (_, manifest) => signed(sha256(manifest)),
    }),
    forged('of-another', 'the signature of another bundle', { signature: () => signed(Buffer.from('{}\n')) }),
    forged('deep', 'what nobody signed is not looked into, however it is made', {
      text: (json) => json.replace('}\n', `,"x":${'['.repeat(20_000)}}\n`),
      signature: () => bytesOf(64),
    }),
    forged('key-inside-first', 'another key inside a field before it', {
      text: (json) => json.replace('"key":', `"x":{"key":"${'ab'.repeat(32)}"},"key":`),
    }),
    forged('small-order', 'a key of small order, under which one signature fits everything', {
      ...says({ key: neutral.toString('hex') }),
      signature: () => join(neutral, bytesOf(32)),
    }),
    forged('of-64-letters', 'a signature in hex, cut to its size', {
      signature: (it) => Buffer.from(it.toString('hex')).subarray(0, 64),
    }),
  ];
}

function text(name: string, comment: string, change: (json: string) => string | Buffer): BundleVector {
  return badBundle(`manifest-${name}`, comment, 'bad-manifest', { text: change });
}

function field(
  name: string,
  comment: string,
  changes: object | ((manifest: WireManifest) => object),
  spec: WireBundle = SMALL,
): BundleVector {
  const change = (manifest: WireManifest) => (typeof changes === 'function' ? changes(manifest) : changes);
  return badBundle(
    `manifest-${name}`,
    comment,
    'bad-manifest',
    { manifest: (manifest) => ({ ...manifest, ...change(manifest) }) },
    spec,
  );
}

function says(changes: object): BundleLies {
  return { manifest: (manifest) => ({ ...manifest, ...changes }) };
}

function list(name: string, comment: string, members: unknown): BundleVector {
  return field(`members-${name}`, comment, { members });
}

/** The first member listed otherwise. */
function listed(name: string, comment: string, change: (member: WireListed) => object): BundleVector {
  return field(`member-${name}`, comment, ({ members }: WireManifest) => ({
    members: members.map((member, i) => (i === 0 ? change(member) : member)),
  }));
}

function changed(
  name: string,
  comment: string,
  change: (members: readonly WireListed[]) => readonly object[],
  spec?: WireBundle,
): BundleVector {
  return field(`members-${name}`, comment, ({ members }: WireManifest) => ({ members: change(members) }), spec);
}

function cutAt(
  name: string,
  comment: string,
  manifest: (manifest: WireManifest) => object,
  spec: WireBundle = SMALL,
): BundleVector {
  return badBundle(name, comment, 'bad-tar', { manifest }, spec);
}

/** Padding that makes the file that long. */
function sumTo(size: number) {
  // headers of three members, a manifest of one block, a signature of one, two blocks at the end
  const around = 512 * (3 + 1 + 1 + 2);
  return (manifest: WireManifest) => ({
    ...manifest,
    members: manifest.members.map((member) => ({ ...member, size: size - around })),
  });
}

function signed(message: Uint8Array): Buffer {
  return wireSign(SIGNER, WIRE_DOMAINS.manifest, message);
}

function broken(json: string): Buffer {
  const [before = '', after = ''] = json.replace('{', '{"x":"?",').split('?');
  return join(before, u8(0xff), after);
}

function capitals({ name }: WireListed): string {
  return `blobs/${String(name).slice('blobs/'.length).toUpperCase()}`;
}
