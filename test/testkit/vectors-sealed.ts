// Vectors of sealed files (spec/sealed.md): whole ones, ones for somebody else, and ones that are none.
import { type Compact, compact } from './compact.js';
import type { Outcome, Vector } from './vector.js';
import { flip, join } from './wire.js';
import { type AgeLies, base64, sealedBy, wireFileKey, wireIdentity } from './wire-age.js';

/** A file, a key, and what the key makes of it. */
export interface SealedVector extends Vector {
  readonly bytes: Compact;
  /** The X25519 secret of the reader, 32 bytes. */
  readonly identity: string;
  /** "not-for-us" when no stanza is for the identity. */
  readonly code: Outcome | 'not-for-us';
  /** The key that the header holds for the identity, also where the payload is not what it should be. */
  readonly fileKey?: string;
  readonly content?: Compact;
}

const ADA = wireIdentity('Ada');
const BOB = wireIdentity('Bob');
const CHUNK = 65_536;

/** Files that open, or are for somebody else. */
export function soundSealedVectors(): SealedVector[] {
  const content = (size: number): Buffer => Buffer.alloc(size, 'What is said.');
  const opens = (name: string, comment: string, size: number): SealedVector =>
    opened(`sealed-${name}`, comment, sealedBy(name, [ADA.recipient], content(size)), content(size), name);
  const toBoth = sealedBy('both', [BOB.recipient, ADA.recipient], content(100));
  const toTwice = sealedBy('twice', [ADA.recipient, ADA.recipient], content(100));
  const crowd = Array.from({ length: 127 }, (_, i) => wireIdentity(`guest ${i}`).recipient);
  const smallOrder = sealedBy('small', [BOB.recipient], content(10), { share: Buffer.alloc(32) });
  return [
    opens('small', 'one recipient', 100),
    opens('empty', 'nothing in it: the one case of an empty chunk', 0),
    opens('two-chunks', 'one byte more', CHUNK + 1),
    opened('sealed-second', 'the second stanza is for the reader', toBoth, content(100), 'both'),
    opened('sealed-twice', 'two stanzas for one key', toTwice, content(100), 'twice'),
    opened(
      'sealed-128',
      'as many as there may be',
      sealedBy('128', [...crowd, ADA.recipient], content(10)),
      content(10),
      '128',
    ),
    elsewhere('sealed-elsewhere', 'for somebody else', sealedBy('else', [BOB.recipient], content(100))),
    elsewhere('sealed-small-order', 'a share of small order agrees with no key', smallOrder),
  ];
}

/** Files that are refused, with what is wrong about them. */
export function badSealedVectors(): SealedVector[] {
  return [...headerVectors(), ...macVectors(), ...payloadVectors()];
}

function headerVectors(): SealedVector[] {
  const lie = (name: string, code: Outcome, comment: string, lies: AgeLies): SealedVector =>
    refused(name, comment, sealedBy(name, [ADA.recipient], Buffer.from('text'), lies), code);
  const header = (name: string, code: Outcome, comment: string, change: (text: string) => string): SealedVector =>
    lie(name, code, comment, { header: change });
  const other = '-> mlkem768x25519 AAAA\nAAAA\n---';
  const crowd = Array.from({ length: 129 }, (_, i) => wireIdentity(`guest ${i}`).recipient);
  const share = /X25519 (.{43})/;
  return [
    refused('129', 'one recipient too many', sealedBy('129', crowd, Buffer.alloc(1)), 'over-limit'),
    refused('long', 'no line ends within 64 KiB', Buffer.alloc(70_000, 'age-encryption.org/v1'), 'over-limit'),
    header('version', 'newer-version', 'another version', (text) => text.replace('/v1', '/v2')),
    header('other-kind', 'newer-version', 'also to another kind of key', (text) => text.replace(/---$/, other)),
    header('passphrase', 'bad-bundle', 'under a passphrase', (text) => text.replace(/X25519 (.{43})/, 'scrypt $1 18')),
    header('nobody', 'bad-bundle', 'to nobody', () => 'age-encryption.org/v1\n---'),
    header('crlf', 'newer-version', 'lines that end as on Windows', (text) => text.replaceAll('\n', '\r\n')),
    header('two-shares', 'bad-bundle', 'a stanza with two shares', (text) => text.replace(share, 'X25519 $1 $1')),
    header('no-share', 'bad-bundle', 'a stanza without one', (text) => text.replace(share, 'X25519')),
    header('two-spaces', 'bad-bundle', 'an empty argument', (text) => text.replace('X25519 ', 'X25519  ')),
    header('blank-behind', 'bad-bundle', 'a space behind the share', (text) => text.replace(share, 'X25519 $1 ')),
    header('lower-case', 'newer-version', 'kinds are told apart by case', (text) => text.replace('X25519', 'x25519')),
    header('short-share', 'bad-bundle', 'a share of 31 bytes', (text) =>
      text.replace(share, `X25519 ${base64(Buffer.alloc(31, 9))}`),
    ),
    header('loose-share', 'bad-bundle', 'base64 with bits behind its end', (text) =>
      text.replace(share, `X25519 ${'A'.repeat(42)}B`),
    ),
    header('padded-share', 'bad-bundle', 'base64 with its padding', (text) => text.replace(share, 'X25519 $1=')),
    header('no-body', 'bad-bundle', 'a stanza without a body', (text) => text.replace(/(X25519 .{43}\n).{43}\n/, '$1')),
    header('two-bodies', 'bad-bundle', 'a body of two lines', (text) =>
      text.replace(/\n(.{43})\n---/, '\n$1\n$1\n---'),
    ),
    header('arrow', 'bad-bundle', 'a stanza that begins otherwise', (text) => text.replace('->', '=>')),
    lie('long-file-key', 'bad-bundle', 'a file key of 17 bytes', { fileKeySize: 17 }),
  ];
}

function macVectors(): SealedVector[] {
  const forged = (name: string, comment: string, change: (text: string) => string): SealedVector =>
    refused(name, comment, sealedBy(name, [ADA.recipient], Buffer.from('text'), { forged: change }), 'bad-bundle');
  const whole = sealedBy('cut', [ADA.recipient], Buffer.from('text'));
  return [
    forged('mac', 'an authentication code of something else', (text) =>
      text.replace(/--- .{43}/, `--- ${base64(Buffer.alloc(32))}`),
    ),
    forged('no-mac', 'none', (text) => text.replace(/--- .{43}/, '---')),
    forged('short-mac', 'a short one', (text) => text.replace(/(--- .{42})./, '$1')),
    forged('blank-mac', 'a space too many', (text) => text.replace('--- ', '---  ')),
    forged('added', 'a recipient added by who had no key', (text) => text.replace('---', `${strangersStanza()}---`)),
    refused('cut-header', 'cut off in the header', whole.subarray(0, 100), 'bad-bundle'),
  ];
}

function payloadVectors(): SealedVector[] {
  const bad = (name: string, comment: string, bytes: Buffer): SealedVector => ({
    ...refused(name, comment, bytes, 'bad-bundle'),
    fileKey: wireFileKey('whole').toString('hex'),
  });
  const long = Buffer.alloc(CHUNK + 100, 'What is said.');
  const sealed = (content: Buffer, lies: AgeLies = {}): Buffer => sealedBy('whole', [ADA.recipient], content, lies);
  const short = sealed(Buffer.from('text'));
  return [
    bad('no-payload', 'ends behind its header', short.subarray(0, short.length - 36)),
    bad('cut-nonce', 'ends in the nonce', short.subarray(0, short.length - 26)),
    bad('no-chunk', 'ends behind the nonce', short.subarray(0, short.length - 20)),
    bad('cut-tag', 'ends in the tag of its only chunk', short.subarray(0, short.length - 1)),
    bad('one-byte-more', 'a byte behind the end', join(short, '\0')),
    bad(
      'short-first',
      'a chunk that is not full before the last',
      sealed(long, { chunks: [long.subarray(0, 10), long.subarray(10, 20)] }),
    ),
    bad('no-last', 'no chunk says that it is the last', sealed(Buffer.from('text'), { last: false })),
    bad('rotten', 'one bit of the content', flip(short, -20)),
    bad('rotten-tag', 'one bit of the tag', flip(short, -1)),
  ];
}

function opened(name: string, comment: string, bytes: Buffer, content: Buffer, label: string): SealedVector {
  const fileKey = wireFileKey(label).toString('hex');
  return {
    name,
    comment,
    bytes: compact(bytes),
    identity: ADA.scalar.toString('hex'),
    code: 'ok',
    fileKey,
    content: compact(content),
  };
}

function elsewhere(name: string, comment: string, bytes: Buffer): SealedVector {
  return { name, comment, bytes: compact(bytes), identity: ADA.scalar.toString('hex'), code: 'not-for-us' };
}

function refused(name: string, comment: string, bytes: Buffer, code: Outcome): SealedVector {
  return { name: `bad-${name}`, comment, bytes: compact(bytes), identity: ADA.scalar.toString('hex'), code };
}

function strangersStanza(): string {
  return `-> X25519 ${base64(BOB.recipient)}\n${base64(Buffer.alloc(32, 1))}\n`;
}
