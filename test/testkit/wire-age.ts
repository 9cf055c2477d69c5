// Age files built by hand from its specification (age-encryption.org/v1) and from nothing in src/: same call, same bytes.
import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { join, sha256 } from './wire.js';

/** A key that files are sealed to. */
export interface WireIdentity {
  /** 32 bytes, the secret. */
  readonly scalar: Buffer;
  /** 32 bytes, what a card holds. */
  readonly recipient: Buffer;
}

/** How a file differs from what it should be. */
export interface AgeLies {
  /** What the header becomes before it is authenticated. */
  readonly header?: (text: string) => string;
  /** What it becomes behind that. */
  readonly forged?: (text: string) => string;
  /** A share in the place of each recipient's. */
  readonly share?: Buffer;
  /** Says of every chunk that it is the last one, or of none. */
  readonly last?: boolean;
  /** Content of the chunks, in the place of that cut every 64 KiB. */
  readonly chunks?: readonly Buffer[];
  /** Bytes of the file key. */
  readonly fileKeySize?: number;
}

/** The identity of that label. */
export function wireIdentity(label: string): WireIdentity {
  const scalar = sha256(`satchel fixture identity: ${label}`);
  return { scalar, recipient: publicHalf(privateKey(scalar)) };
}

/** The key of every file that is told this label. */
export function wireFileKey(label: string, size = 16): Buffer {
  return Buffer.from(hkdfSync('sha256', label, '', 'satchel fixture file key', size));
}

/** The content, sealed to the recipients; everything random grows from the label. */
export function sealedBy(label: string, recipients: readonly Buffer[], content: Buffer, lies: AgeLies = {}): Buffer {
  const fileKey = wireFileKey(label, lies.fileKeySize);
  const stanzas = recipients.map((recipient, i) =>
    stanza(recipient, fileKey, { seed: `${label} ${i}`, share: lies.share }),
  );
  const open = `age-encryption.org/v1\n${stanzas.join('')}---`;
  const text = lies.header?.(open) ?? open;
  const mac = createHmac('sha256', derived(fileKey, '', 'header'))
    .update(text, 'latin1')
    .digest();
  const header = `${text} ${base64(mac)}\n`;
  const nonce = sha256(`nonce ${label}`).subarray(0, 16);
  const chunks = lies.chunks ?? cut(content);
  const key = derived(fileKey, nonce, 'payload');
  const payload = chunks.map((chunk, n) => encrypt(key, chunkNonce(n, lies.last ?? n === chunks.length - 1), chunk));
  return join(Buffer.from(lies.forged?.(header) ?? header, 'latin1'), nonce, ...payload);
}

/** Base64 as age writes it. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

function stanza(
  recipient: Buffer,
  fileKey: Buffer,
  { seed, share }: { seed: string; share: Buffer | undefined },
): string {
  const ephemeral = privateKey(sha256(`ephemeral ${seed}`));
  const ours = publicHalf(ephemeral);
  const secret = diffieHellman({ privateKey: ephemeral, publicKey: publicKey(recipient) });
  const key = derived(secret, join(ours, recipient), 'age-encryption.org/v1/X25519');
  const body = base64(encrypt(key, Buffer.alloc(12), fileKey));
  return `-> X25519 ${base64(share ?? ours)}\n${body}\n`;
}

function cut(content: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(content.length / CHUNK));
  return Array.from({ length: count }, (_, n) => content.subarray(n * CHUNK, (n + 1) * CHUNK));
}

function chunkNonce(n: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(n, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function encrypt(key: Buffer, nonce: Buffer, content: Buffer): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  return join(cipher.update(content), cipher.final(), cipher.getAuthTag());
}

function derived(secret: Uint8Array, salt: Uint8Array | string, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, 32));
}

function privateKey(scalar: Buffer): KeyObject {
  const prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
  return createPrivateKey({ key: join(prefix, scalar), format: 'der', type: 'pkcs8' });
}

function publicKey(bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: bytes.toString('base64url') }, format: 'jwk' });
}

function publicHalf(secret: KeyObject): Buffer {
  return createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
}

const CHUNK = 65_536;
