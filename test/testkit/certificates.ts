// An authority of our own, and the certificates that it gives to servers (RFC 5280): by hand, since Node makes none.
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** What a server shows, and what clients have to trust for it, in PEM. */
export interface Shown {
  readonly key: string;
  readonly cert: string;
  readonly authority: string;
}

const OID = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  subjectAltName: '0603551d11',
  basicConstraints: '0603551d13',
} as const;
const YEAR_MS = 365 * 86_400_000;

/** A server at an IPv4 address, by an authority made for it alone, until that many ms from now. */
export function certified(address: string, validMs = YEAR_MS): Shown {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension(OID.basicConstraints, der(0x30, der(0x01, Buffer.of(0xff))), true);
  const named = extension(OID.subjectAltName, der(0x30, der(0x87, Buffer.from(address.split('.').map(Number)))));
  const of = (name: string, key: KeyObject, more: Buffer, until: number): string =>
    certificate({ issuer: 'authority', subject: name, key, by: authority.privateKey, extensions: more, until });
  return {
    key: `${server.privateKey.export({ type: 'pkcs8', format: 'pem' })}`,
    cert: of('server', server.publicKey, named, Date.now() + validMs),
    authority: of('authority', authority.publicKey, isAuthority, Date.now() + YEAR_MS),
  };
}

interface Certificate {
  readonly issuer: string;
  readonly subject: string;
  readonly key: KeyObject;
  readonly by: KeyObject;
  readonly extensions: Buffer;
  readonly until: number;
}

function certificate({ issuer, subject, key, by, extensions, until }: Certificate): string {
  const algorithm = der(0x30, hex(OID.ecdsaWithSha256));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1), randomBytes(15)),
    algorithm,
    named(issuer),
    der(0x30, time(Math.min(until, Date.now()) - YEAR_MS), time(until)),
    named(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extensions)),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, by));
  return new X509Certificate(der(0x30, body, algorithm, signature)).toString();
}

function named(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, hex(OID.commonName), der(0x0c, Buffer.from(name)))));
}

function extension(oid: string, value: Buffer, isCritical = false): Buffer {
  return der(0x30, hex(oid), isCritical ? der(0x01, Buffer.of(0xff)) : Buffer.alloc(0), der(0x04, value));
}

/** GeneralizedTime, to the second. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
  return der(0x18, Buffer.from(`${digits}Z`));
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
