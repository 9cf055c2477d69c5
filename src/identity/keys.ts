// Where a device's secret keys lie: `keys/secrets.json`, or `keys/secrets.age` under a passphrase
// (spec/repository.md, "Secret keys").
//
// Going from one form to the other writes the new file durably before it removes the old, so a crash may leave both.
// Which of them is the newer must not depend on a clock, nor need the passphrase: `secrets.json` names the digest of
// the `secrets.age` that it was written to replace. If it names the one beside it, it is the newer; if not, that one
// was written after it. A key is used only once the writing of it has returned, and that includes the removal: so
// the older file, too, has every key that was ever used, and serves when the newer one does not open.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { disk } from '../repository/disk.js';
import { namesIn, onDisk, readIfThere, writeAtomic } from '../repository/files.js';
import { layoutOf } from '../repository/layout.js';
import { decryptWithPassphrase, encryptUnderPassphrase } from './age.js';
import { decodeSecrets, encodeSecrets, replacedBy, type Secrets } from './secrets.js';

/** Asks for the passphrase; rejects with `locked` when there is nobody to ask. */
export type PassphraseSource = () => Promise<string>;

/** How the secret keys are kept; `sealed` is under a passphrase. */
export type SecretsForm = 'plain' | 'sealed';

/** Something about the files with the secret keys that their owner should know. */
export interface SecretsFinding {
  readonly problem: 'readable-by-others' | 'both-forms' | 'left-behind';
  readonly path: string;
  /** In words, lower case, no full stop. */
  readonly detail: string;
}

/**
 * The secret keys of the repository in `dir`; the passphrase is asked for only when they are under one.
 * @throws SatchelError `no-identity` when there are none, `locked` without a passphrase, `wrong-passphrase`, `damaged`
 */
export async function readSecrets(dir: string, passphrase: PassphraseSource | undefined): Promise<Secrets> {
  return (await openSecrets(dir, passphrase)).secrets;
}

/**
 * Replaces the secret keys, durably: under the passphrase if there is one, else readable to their owner only. Whoever
 * calls holds the repository's lock, and uses no new key before this has returned.
 * @throws SatchelError `usage` when the passphrase is empty
 */
export async function writeSecrets(
  dir: string,
  secrets: Secrets,
  passphrase: string | undefined,
  options: { workFactor?: number | undefined } = {},
): Promise<void> {
  if (passphrase === '') throw new SatchelError('usage', 'the passphrase is empty');
  const files = filesOf(dir);
  onDisk(`making ${files.directory}`, () => disk.makeDirectories(files.directory, 0o700));
  if (passphrase === undefined) {
    const replaced = readIfThere(files.sealed);
    writeAtomic(files.plain, encodeSecrets(secrets, replaced && digestOf(replaced)), { mode: 0o600 });
  } else {
    const sealed = await encryptUnderPassphrase(encodeSecrets(secrets), passphrase, options);
    writeAtomic(files.sealed, sealed, { mode: 0o600 });
  }
  remove(files.directory, [passphrase === undefined ? files.sealed : files.plain, ...leftBehind(files.directory)]);
}

/** Changes the secret keys and leaves them in the form they are in; returns them as they are now. Call as `writeSecrets`. */
export async function updateSecrets(
  dir: string,
  passphrase: PassphraseSource | undefined,
  change: (secrets: Secrets) => Secrets,
  options: { workFactor?: number | undefined } = {},
): Promise<Secrets> {
  const opened = await openSecrets(dir, passphrase);
  const secrets = change(opened.secrets);
  await writeSecrets(dir, secrets, opened.passphrase, options);
  return secrets;
}

/** The same for the same files with secret keys, and another one for others. */
export function secretsState(dir: string): string {
  const { plain, sealed } = readBoth(dir);
  return [plain, sealed].map((bytes) => bytes && digestOf(bytes)).join(' ');
}

/** The form that the secret keys are in, or undefined when there are none. */
export function secretsForm(dir: string): SecretsForm | undefined {
  const { plain, sealed } = readBoth(dir);
  if (plain && sealed) return isNewer(plain, sealed) ? 'plain' : 'sealed';
  if (sealed) return 'sealed';
  return plain && 'plain';
}

/** What is wrong with the files that hold the secret keys; empty when nothing is. */
export function checkSecrets(dir: string): SecretsFinding[] {
  const files = filesOf(dir);
  const remains = leftBehind(files.directory);
  const topics = path.join(files.directory, 'topics');
  const ofTopics = namesIn(topics).map((name) => path.join(topics, name));
  const all = [files.directory, files.plain, files.sealed, ...remains, topics, ...ofTopics.sort()];
  const findings = all.flatMap(readableByOthers);
  if (disk.exists(files.plain) && disk.exists(files.sealed)) {
    const detail = 'the secret keys are there both with and without a passphrase; set it again to settle which';
    findings.push({ problem: 'both-forms', path: files.plain, detail });
  }
  const detail = 'a write of the secret keys was interrupted; the next one removes this';
  return [...findings, ...remains.map((file) => ({ problem: 'left-behind' as const, path: file, detail }))];
}

interface Opened {
  readonly secrets: Secrets;
  /** The one that opened them. */
  readonly passphrase: string | undefined;
}

async function openSecrets(dir: string, passphrase: PassphraseSource | undefined): Promise<Opened> {
  const files = filesOf(dir);
  const { plain, sealed } = readBoth(dir);
  if (!plain && !sealed) {
    throw new SatchelError('no-identity', 'this repository has no secret keys', { hint: 'run "satchel init"' });
  }
  if (!sealed || (plain && isNewer(plain, sealed))) return openPlain(plain, files.plain);
  try {
    return await unseal(sealed, files.sealed, passphrase);
  } catch (error) {
    if (plain && isUnopened(error)) return openPlain(plain, files.plain);
    throw error;
  }
}

function openPlain(json: Buffer | undefined, file: string): Opened {
  return { secrets: decodeSecrets(json ?? Buffer.alloc(0), file), passphrase: undefined };
}

async function unseal(sealed: Buffer, file: string, source: PassphraseSource | undefined): Promise<Opened> {
  if (!source) {
    const hint = 'run the command where the passphrase can be asked for';
    throw new SatchelError('locked', 'the secret keys are under a passphrase', { hint });
  }
  const passphrase = await source();
  return { secrets: decodeSecrets(await decryptWithPassphrase(sealed, passphrase), file), passphrase };
}

function isUnopened(error: unknown): boolean {
  return error instanceof SatchelError && (error.code === 'locked' || error.code === 'wrong-passphrase');
}

function isNewer(plain: Buffer, sealed: Buffer): boolean {
  return replacedBy(plain) === digestOf(sealed);
}

function readBoth(dir: string): { plain: Buffer | undefined; sealed: Buffer | undefined } {
  const files = filesOf(dir);
  const plain = readIfThere(files.plain);
  const sealed = readIfThere(files.sealed);
  // Neither: the form may have changed between the two looks, and then the first is there now.
  return { plain: plain ?? (sealed ? undefined : readIfThere(files.plain)), sealed };
}

function remove(directory: string, files: readonly string[]): void {
  onDisk('removing old secret keys', () => {
    const there = files.filter((file) => disk.exists(file));
    if (there.length === 0) return;
    for (const file of there) disk.remove(file);
    disk.syncNames(directory);
  });
}

/** Temporary files of writes that did not finish: they hold secrets too. */
function leftBehind(directory: string): string[] {
  const names = namesIn(directory).filter((name) => LEFT_BEHIND.test(name));
  return names.sort().map((name) => path.join(directory, name));
}

function readableByOthers(file: string): SecretsFinding[] {
  // Windows has no such modes, and Node makes some up.
  const mode = process.platform === 'win32' ? undefined : disk.stat(file)?.mode;
  if (mode === undefined || (mode & 0o077) === 0) return [];
  const modeText = (mode & 0o777).toString(8).padStart(4, '0');
  return [{ problem: 'readable-by-others', path: file, detail: `others may use ${file} (mode ${modeText})` }];
}

function filesOf(dir: string): { directory: string; plain: string; sealed: string } {
  const directory = layoutOf(dir).keys;
  return { directory, plain: path.join(directory, 'secrets.json'), sealed: path.join(directory, 'secrets.age') };
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const LEFT_BEHIND = /^secrets\.(?:json|age)\..*tmp$/;
