import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeManifest, encodeManifest, type Manifest } from '../../../../src/format/bundle/manifest.js';
import type { DeviceKey, Digest, PersonId } from '../../../../src/format/ids.js';
import { MANIFEST_MAX } from '../../../../src/format/limits.js';
import { outcomeOf } from '../../../testkit/outcome.js';

const HASH = 'ab'.repeat(32) as Digest;
const BLOB = `blobs/${HASH}`;

const GOOD: Manifest = {
  key: 'cd'.repeat(32) as DeviceKey,
  epoch: '01'.repeat(16),
  serial: 3,
  created: Date.UTC(2024, 1, 29),
  for: ['ef'.repeat(32) as PersonId],
  card: 'satchel1:AbC_-9',
  sealed: 1,
  logs: 1,
  segments: 2,
  entries: 5,
  raw: 100,
  members: [
    { name: 'contents', size: 192, sha256: HASH },
    { name: 'frontier', size: 36, sha256: HASH },
    { name: 'proofs', size: 300, sha256: HASH },
    { name: 'segments', size: 1000, sha256: HASH },
    { name: BLOB, size: 77, sha256: HASH },
    { name: 'padding', size: 9, sha256: HASH },
  ],
};

const EMPTY: Manifest = { ...GOOD, logs: 0, segments: 0, entries: 0, raw: 0, members: [] };

const ids = fc.stringMatching(/^[0-9a-f]{64}$/);

const manifests = fc.record({
  key: ids.map((id) => id as DeviceKey),
  epoch: fc.stringMatching(/^[0-9a-f]{32}$/),
  serial: fc.maxSafeNat(),
  created: fc.integer({ min: 0, max: 253402300799999 }),
  for: fc.array(ids.map((id) => id as PersonId)),
  blobs: fc.uniqueArray(fc.record({ hash: ids, size: fc.integer({ min: 1, max: 1 << 20 }) }), {
    selector: (b) => b.hash,
  }),
});

describe('a manifest', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(manifests, ({ blobs, ...fields }) => {
        const members = blobs.map(({ hash, size }) => ({ name: `blobs/${hash}`, size, sha256: hash as Digest }));
        const manifest = { ...EMPTY, ...fields, members };
        expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
      }),
    );
    expect(decodeManifest(encodeManifest(GOOD))).toEqual(GOOD);
  });

  test('is one line of JSON', () => {
    expect(encodeManifest(EMPTY).toString()).toBe(
      `{"format":"satchel-bundle/1","key":"${EMPTY.key}","epoch":"${EMPTY.epoch}","serial":3,` +
        `"created":"2024-02-29T00:00:00.000Z","for":["${EMPTY.for[0]}"],"card":"satchel1:AbC_-9","sealed":1,` +
        '"logs":0,"segments":0,"entries":0,"raw":0,"members":[]}\n',
    );
  });

  test.each([
    [-5, 0],
    [8.64e15, 253402300799999],
    [1.5, 1],
  ])('survives a clock that says %d', (created, read) => {
    expect(decodeManifest(encodeManifest({ ...EMPTY, created })).created).toBe(read);
  });

  test.each([2, 0, true, '1', [1], null])('that says "sealed": %j says nothing by that', (sealed) => {
    expect(decodeManifest(changed({ sealed })).sealed).toBeUndefined();
  });

  test('may say more than we know, at the top level', () => {
    expect(outcomeOf(() => decodeManifest(changed({ more: { a: [1, { b: 'ü' }] } })))).toBe('ok');
  });
});

describe('as JSON', () => {
  const text = encodeManifest(GOOD).toString();

  test.each([
    ['no line end', text.trimEnd()],
    ['two line ends', `${text}\n`],
    ['a byte order mark', `\ufeff${text}`],
    ['space', text.replace(':', ': ')],
    ['a duplicate key', text.replace('{', '{"serial":3,')],
    ['a duplicate key at the end', text.replace(/}\n$/, ',"serial":3}\n')],
    ['a duplicate key in a member', text.replace('"size":36', '"size":36,"size":36')],
    ['a duplicate key under an unknown one', text.replace('{', '{"x":{"y":[{"a":1,"a":1}]},')],
    ['a duplicate key spelt in another way', text.replace('{', '{"\\u0073erial":3,')],
    ['a key spelt in another way', text.replace('"serial"', '"\\u0073erial"')],
    ['a number spelt in another way', text.replace('"serial":3', '"serial":3.0')],
    ['an array', '[]\n'],
    ['null', 'null\n'],
    ['nothing', ''],
    ['half', text.slice(0, 100)],
    ['deep nesting', text.replace('{', `{"x":${'['.repeat(200_000)}${']'.repeat(200_000)},`)],
  ])('with %s it is refused', (_, wrong) => {
    expect(wrong).not.toBe(text);
    expect(outcomeOf(() => decodeManifest(Buffer.from(wrong)))).toBe('bad-manifest');
  });

  test('that is not UTF-8 it is refused', () => {
    const bytes = Buffer.from(text.replace('{', '{"x":"?",'));
    bytes[bytes.indexOf('?')] = 0xff;
    expect(outcomeOf(() => decodeManifest(bytes))).toBe('bad-manifest');
  });

  test('of more than 4 MiB it is refused unseen', () => {
    expect(outcomeOf(() => decodeManifest(Buffer.alloc(MANIFEST_MAX + 1)))).toBe('over-limit');
  });
});

describe('the format', () => {
  test.each(['satchel-bundle/2', 'satchel-bundle/10'])('%s is of a newer version, whatever else it holds', (format) => {
    expect(outcomeOf(() => decodeManifest(Buffer.from(`{ "format": "${format}" }`)))).toBe('newer-version');
  });

  test.each([
    'satchel-bundle/0',
    'satchel-bundle/01',
    'satchel-bundle/x',
    'satchel/1',
    '',
    1,
    null,
    ['satchel-bundle/1'],
  ])('%j is none', (format) => {
    expect(outcomeOf(() => decodeManifest(changed({ format })))).toBe('bad-manifest');
  });
});

describe('refused are', () => {
  const fields: [string, object][] = [
    ['a short key', { key: 'ab' }],
    ['an upper-case key', { key: 'AB'.repeat(32) }],
    ['no key', { key: undefined }],
    ['a short epoch', { epoch: '00' }],
    ['a negative serial', { serial: -1 }],
    ['a fraction', { serial: 1.5 }],
    ['a serial as text', { serial: '1' }],
    ['a time without milliseconds', { created: '2024-02-29T00:00:00Z' }],
    ['a time with an offset', { created: '2024-02-29T00:00:00.000+01:00' }],
    ['a day that is not', { created: '2023-02-29T00:00:00.000Z' }],
    ['a time as a number', { created: 1 }],
    ['no list of people', { for: null }],
    ['a person that is no id', { for: ['ada'] }],
    ['a card that is no card', { card: 'hello' }],
    ['a card that is too long', { card: `satchel1:${'A'.repeat(612)}` }],
    ['a card that is null', { card: null }],
    ['no members', { members: undefined }],
    ['more logs than segments', { logs: 3 }],
    ['fewer entries than segments', { entries: 1 }],
    ['segments without logs', { logs: 0 }],
    ['a wrong number of segments', { segments: 3 }],
  ];
  test.each(fields)('%s', (_, change) => {
    expect(outcomeOf(() => decodeManifest(changed(change)))).toBe('bad-manifest');
  });

  const lists: [string, (members: Manifest['members'][number][]) => unknown[]][] = [
    ['a name that is not known', (m) => [...m, { ...m[5], name: 'readme' }]],
    ['the manifest itself', (m) => [{ ...m[0], name: 'manifest.json' }, ...m]],
    ['a path', (m) => [...m.slice(0, 4), { ...m[4], name: '../contents' }]],
    ['a blob without a name', (m) => [...m.slice(0, 4), { ...m[4], name: 'blobs/' }]],
    ['a blob in upper case', (m) => [...m.slice(0, 4), { ...m[4], name: BLOB.toUpperCase() }]],
    [
      'a blob under another name than its hash',
      (m) => [...m.slice(0, 4), { ...m[4], name: `blobs/${'11'.repeat(32)}` }],
    ],
    ['a blob twice', (m) => [...m.slice(0, 5), ...m.slice(4)]],
    ['contents twice', (m) => [m[0], ...m]],
    ['another order', (m) => m.toReversed()],
    ['frontier after segments', (m) => [m[0], m[3], m[1]]],
    ['an empty member', (m) => [m[0], { ...m[1], size: 0 }, m[3]]],
    ['contents without segments', (m) => [m[0]]],
    ['segments without contents', (m) => [m[3]]],
    ['contents of no whole records', (m) => [{ ...m[0], size: 193 }, m[3]]],
    ['a member without a hash', (m) => [{ name: 'frontier', size: 9 }, ...m.slice(5)]],
    ['a member with more fields', (m) => [{ ...m[0], mode: 7 }, ...m.slice(1)]],
    ['a member that is a list', (m) => [['contents', 192, HASH], ...m.slice(1)]],
    ['a member with a number for its name', (m) => [{ ...m[0], name: 1 }, ...m.slice(1)]],
  ];
  test.each(lists)('members with %s', (_, change) => {
    expect(outcomeOf(() => decodeManifest(changed({ members: change([...GOOD.members]) })))).toBe('bad-manifest');
  });

  test.each([
    ['a frontier', { name: 'frontier', size: 65_537, sha256: HASH }],
    ['wants', { name: 'wants', size: 65_537, sha256: HASH }],
    ['proofs', { name: 'proofs', size: 16 * 2 ** 20 + 1, sha256: HASH }],
    ['a chunk', { name: BLOB, size: 2 ** 20 + 1, sha256: HASH }],
    ['a file', { name: 'padding', size: 2 ** 32 - 1, sha256: HASH }],
  ])('%s over the limit', (_, member) => {
    const change = { logs: 0, segments: 0, entries: 0, raw: 0, members: [member] };
    expect(outcomeOf(() => decodeManifest(changed(change)))).toBe('over-limit');
  });

  test('a bundle that decompresses to more than 64 GiB', () => {
    expect(outcomeOf(() => decodeManifest(changed({ raw: 64 * 2 ** 30 + 1 })))).toBe('over-limit');
  });
});

function changed(change: object): Buffer {
  const fields: object = JSON.parse(encodeManifest(GOOD).toString());
  return Buffer.from(`${JSON.stringify({ ...fields, ...change })}\n`);
}
