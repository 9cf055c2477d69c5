// What lies in sealed files that replicas of a test have made, looked into without asking anybody for keys.
import fs from 'node:fs';
import path from 'node:path';
import { bech32 } from '@scure/base';
import { isSealed, readSealedHeader, type SealedHeader } from '../../src/format/sealed/header.js';
import { openPayload } from '../../src/format/sealed/payload.js';
import type { FileKeys } from '../../src/identity/file-keys.js';
import { X25519Identity } from '../../src/identity/x25519.js';
import { type OpenFile, openFile } from '../../src/sync/import/source.js';
import { openBytes } from './memory-medium.js';

/** By the text of a key. */
const known = new Map<string, X25519Identity>();

/** What opens files by the keys of the repository in a directory alone; from now on tests look into files with them, too. */
export function knownKey(directory: string): FileKeys {
  const identities = identitiesIn(directory);
  return async (header) =>
    firstOf(identities, (identity) => {
      const fileKey = fileKeyBy(identity, header);
      return fileKey && { fileKey, sealedTo: identity.recipient.toString('hex') };
    });
}

/** Those it has by now, the newest first. */
function identitiesIn(directory: string): readonly X25519Identity[] {
  const secrets = fs.readFileSync(path.join(directory, '.satchel/keys/secrets.json'), 'utf8');
  const { recipients } = JSON.parse(secrets) as { readonly recipients: readonly { readonly key: string }[] };
  return recipients.map(({ key }) => identityOf(key.toLowerCase() as `${string}1${string}`));
}

function identityOf(key: `${string}1${string}`): X25519Identity {
  const held = known.get(key);
  if (held) return held;
  const identity = new X25519Identity(bech32.fromWords(bech32.decode(key).words));
  known.set(key, identity);
  return identity;
}

/** An open bundle, or what a sealed one holds for anybody. */
export function openAny(file: string): OpenFile {
  const source = openFile(file);
  if (!isSealed(source)) return source;
  try {
    const header = readSealedHeader(source);
    const fileKey = firstOf([...known.values()].reverse(), (identity) => fileKeyBy(identity, header));
    if (!fileKey) throw new Error(`${file} is sealed to nobody whom this test knows`);
    const parts: Buffer[] = [];
    openPayload(source, { headerEnd: header.bytes.length, fileKey }, (part) => parts.push(Buffer.from(part)));
    return openBytes(file, Buffer.concat(parts));
  } finally {
    source.close();
  }
}

/** Of the repositories in these directories those whose keys open a file: all, when it is open. */
export function openersOf(file: string, directories: readonly string[]): ReadonlySet<string> {
  const source = openFile(file);
  try {
    const header = isSealed(source) ? readSealedHeader(source) : undefined;
    return new Set(directories.filter((directory) => !header || isOpenedBy(directory, header)));
  } finally {
    source.close();
  }
}

function isOpenedBy(directory: string, header: SealedHeader): boolean {
  return identitiesIn(directory).some((identity) => fileKeyBy(identity, header) !== undefined);
}

function fileKeyBy(identity: X25519Identity, { bytes }: SealedHeader): Buffer | undefined {
  const lines = bytes.toString('latin1').split('\n');
  const stanzas = lines.flatMap((line, i) =>
    line.startsWith('-> ') ? [{ args: line.split(' ').slice(1), body: Buffer.from(lines[i + 1] ?? '', 'base64') }] : [],
  );
  const key = identity.unwrapFileKey(stanzas);
  return key ? Buffer.from(key) : undefined;
}

function firstOf<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
