// An operator of NATS of our own, with an account and a user in it: keys in the form of nkeys, signed tokens, and the file that
// a user shows. By hand, since the program that makes such files is in no system.
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

/** Whom a server trusts, and what a user of it has. */
export interface Trusted {
  /** Lines of the server's configuration. */
  readonly configuration: string;
  readonly file: string;
}

const KINDS = { operator: 112, account: 0, user: 160 } as const;
const SEED = 144;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const NO_LIMIT = { subs: -1, data: -1, payload: -1 };
const ACCOUNT_LIMITS = {
  ...NO_LIMIT,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
};

/** Makes all of them anew. */
export function trusted(): Trusted {
  const operator = keyOf('operator');
  const system = keyOf('account');
  const account = keyOf('account');
  const user = keyOf('user');
  const limits = ACCOUNT_LIMITS;
  const preloaded = [system, account].map(
    (one) => `${one.id}: "${token(one, operator, { type: 'account', limits: one === system ? NO_LIMIT : limits })}"`,
  );
  return {
    configuration: `operator: "${token(operator, operator, { type: 'operator', system_account: system.id })}"
system_account: ${system.id}
resolver: MEMORY
resolver_preload { ${preloaded.join('\n')} }`,
    file: `-----BEGIN NATS USER JWT-----
${token(user, account, { type: 'user', ...NO_LIMIT })}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${user.seed}
------END USER NKEY SEED------
`,
  };
}

interface Key {
  readonly id: string;
  readonly seed: string;
  readonly privateKey: KeyObject;
}

function keyOf(kind: keyof typeof KINDS): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const prefix = KINDS[kind];
  return {
    id: spelt(Buffer.of(prefix), Buffer.from(x, 'base64url')),
    seed: spelt(Buffer.of(SEED | (prefix >> 5), (prefix & 31) << 3), Buffer.from(d, 'base64url')),
    privateKey,
  };
}

/** What is said of `whom`, signed by another. */
function token(whom: Key, by: Key, nats: object): string {
  const head = { typ: 'JWT', alg: 'ed25519-nkey' };
  const said = { jti: randomUUID(), iat: Math.floor(Date.now() / 1_000), iss: by.id, sub: whom.id, name: 'tests' };
  const parts = [head, { ...said, nats: { ...nats, version: 2 } }].map((part) => Buffer.from(JSON.stringify(part)));
  const text = parts.map((part) => part.toString('base64url')).join('.');
  return `${text}.${sign(null, Buffer.from(text), by.privateKey).toString('base64url')}`;
}

/** In base32, with a checksum (CRC-16/XMODEM) behind it. */
function spelt(...parts: readonly Buffer[]): string {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  const bits = [...bytes, sum & 255, sum >> 8].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => LETTERS[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}
