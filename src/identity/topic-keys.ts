// Where the keys of private topics lie: `keys/topics/NNNNNN.age`, one file for each change, sealed to an identity among the secret
// keys (spec/repository.md, "Topic keys"). So whoever takes in a key pays for no passphrase and writes no other key anew.
//
// A file is never changed. What is in several is had once, so it makes no difference which of them a crash leaves: a file with
// all keys is read back before those are removed that it stands for.
import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { epochFits } from '../format/private/epoch.js';
import {
  decodeTopicKeys,
  encodeTopicKeys,
  mergedTopicKeys,
  newTopicKeys,
  type TopicKeys,
} from '../format/private/topic-keys.js';
import { disk } from '../repository/disk.js';
import { makeDirectory, namesIn, onDisk, readIfThere, writeAtomic } from '../repository/files.js';
import { createAgeIdentity, identityOf } from './age.js';
import { fileKeysBy } from './file-keys.js';
import type { Keyring } from './keyring.js';
import { openSealedBytes, sealBytes } from './sealed-bytes.js';
import { topicKeysDirectory } from './topic-keys-there.js';
import type { X25519Identity } from './x25519.js';

/** So many files are made one. */
export const TOPIC_KEY_FILES_MAX = 64;

/** What keeping them takes. */
export interface KeepingOptions {
  readonly random: (size: number) => Buffer;
  /** How many files are made one, 64 if nothing is said. */
  readonly most?: number | undefined;
}

/** What is had of private topics. */
export interface KeptTopicKeys {
  readonly topics: readonly TopicKeys[];
  /** Files that the vault does not open, or that hold no keys: they stay where they are. */
  readonly unreadable: readonly string[];
}

/**
 * The keys of private topics in the repository of the keyring.
 * @throws SatchelError as {@link Keyring.read}, `io`
 */
export async function readTopicKeys(keyring: Keyring): Promise<KeptTopicKeys> {
  const { vault } = await keyring.read();
  const { files, unreadable } = await readFiles(
    keyring.directory,
    vault === undefined ? undefined : await identityOf(vault),
  );
  return { topics: [...files.values()].reduce(mergedTopicKeys, []), unreadable };
}

/**
 * Keeps keys of private topics; they may be used once this has returned, being durable then, and are what it returns with all
 * that were there. Only under the repository's lock.
 * @throws SatchelError as {@link Keyring.update}, `io`, `no-space`
 */
export async function keepTopicKeys(
  keyring: Keyring,
  added: readonly TopicKeys[],
  { random, most = TOPIC_KEY_FILES_MAX }: KeepingOptions,
): Promise<readonly TopicKeys[]> {
  if (!added.every(({ epochs }) => epochs.every(epochFits))) throw new RangeError('keys that are not of their epoch');
  const { directory } = keyring;
  const vault = added.length > 0 ? await vaultOf(keyring, random) : undefined;
  if (!vault) return (await readTopicKeys(keyring)).topics;
  const { files, numbers } = await readFiles(directory, vault);
  const known = [...files.values()].reduce(mergedTopicKeys, []);
  const news = newTopicKeys(known, added);
  const all = mergedTopicKeys(known, news);
  if (news.length === 0) return known;
  const isFull = files.size + 1 >= most;
  const file = fileOf(directory, Math.max(0, ...numbers) + 1);
  await write(file, isFull ? all : news, { vault, random });
  if (isFull) removeFiles([...files.keys()]);
  return all;
}

/** What is wrong with the files, in words; empty when nothing is. */
export async function topicKeyProblems(keyring: Keyring): Promise<string[]> {
  const { unreadable } = await readTopicKeys(keyring);
  return unreadable.map((file) => `topics/${path.basename(file)} holds no keys of private topics that open here`);
}

/** The identity that the files are sealed to; the first time a new one, durable before anything is sealed to it. */
async function vaultOf(keyring: Keyring, random: (size: number) => Buffer): Promise<X25519Identity> {
  const known = (await keyring.read()).vault;
  if (known !== undefined) return identityOf(known);
  const made = await createAgeIdentity(random);
  const { vault = made } = await keyring.update((old) => ({ ...old, vault: old.vault ?? made }));
  return identityOf(vault);
}

/** Writes a file durably, and reads it again: nothing that it stands for may go before that. */
async function write(
  file: string,
  topics: readonly TopicKeys[],
  { vault, random }: { readonly vault: X25519Identity; readonly random: (size: number) => Buffer },
): Promise<void> {
  const content = encodeTopicKeys(topics);
  makeDirectory(path.dirname(file), 0o700);
  writeAtomic(file, await sealBytes(content, [vault.recipient], random), { mode: 0o600 });
  const kept = await contentOf(readIfThere(file), vault);
  if (kept?.equals(content)) return;
  const hint = 'the disk gave back other bytes than were written; run "satchel check"';
  throw new SatchelError('io', `writing ${file} failed`, { hint });
}

function removeFiles(files: readonly string[]): void {
  onDisk('removing old keys of topics', () => {
    for (const file of files) disk.remove(file);
  });
}

interface Files {
  /** Those that open, with what is in them. */
  readonly files: ReadonlyMap<string, readonly TopicKeys[]>;
  readonly unreadable: readonly string[];
  /** Of all of them. */
  readonly numbers: readonly number[];
}

async function readFiles(directory: string, vault: X25519Identity | undefined): Promise<Files> {
  const folder = topicKeysDirectory(directory);
  const files = new Map<string, readonly TopicKeys[]>();
  const unreadable: string[] = [];
  const numbers = numbersIn(folder);
  for (const number of numbers) {
    const file = fileOf(directory, number);
    const bytes = readIfThere(file);
    // joined by another process since: what was in it is in a later one
    if (!bytes && !numbersIn(folder).includes(number)) return readFiles(directory, vault);
    const content = await contentOf(bytes, vault);
    const topics = content && decodeTopicKeys(content);
    if (topics) files.set(file, topics);
    else unreadable.push(file);
  }
  return { files, unreadable, numbers };
}

/** What is in a file, undefined when the vault does not open it. */
async function contentOf(file: Buffer | undefined, vault: X25519Identity | undefined): Promise<Buffer | undefined> {
  if (!file || !vault) return undefined;
  try {
    return await openSealedBytes(file, fileKeysBy([vault]));
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

function numbersIn(folder: string): number[] {
  const found = namesIn(folder).flatMap((name) => (NAME.test(name) ? [Number.parseInt(name, 10)] : []));
  return found.sort((a, b) => a - b);
}

function fileOf(directory: string, number: number): string {
  return path.join(topicKeysDirectory(directory), `${String(number).padStart(DIGITS, '0')}.age`);
}

const DIGITS = 6;
/** A number is written in one way. */
const NAME = /^(?:\d{6}|[1-9]\d{6,14})\.age$/;
