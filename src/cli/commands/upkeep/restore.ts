// satchel restore: a backup becomes the repository of a new device (spec/cli.md, "Upkeep").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { isSealed, readPassphraseHeader, readSealedHeader } from '../../../format/sealed/header.js';
import type { PayloadPlace } from '../../../format/sealed/payload.js';
import { fileKeyOf, fileKeyUnder } from '../../../identity/age.js';
import { readContacts } from '../../../identity/contacts.js';
import { storedCard } from '../../../identity/devices.js';
import { forgetFormer } from '../../../identity/former.js';
import { backupIdentity, backupRecipient } from '../../../identity/recovery.js';
import { knowingRemoved } from '../../../identity/rotation.js';
import type { Secrets } from '../../../identity/secrets.js';
import type { Self } from '../../../identity/self.js';
import { assertRecoverySeed, becomeAuthority, goneBy, keepable } from '../../../identity/take-back.js';
import { assertNoRepository } from '../../../repository/create.js';
import { makeDirectory } from '../../../repository/files.js';
import type { About } from '../../../sync/backup/members.js';
import { type Restored, type RestorePlace, restoreBackup } from '../../../sync/backup/restore.js';
import { type OpenFile, openFile } from '../../../sync/import/source.js';
import { readTopics } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { offerPassphrase } from '../../terminal/new-passphrase.js';
import { findPassphrase, PASSPHRASE_FILE_VARIABLE } from '../../terminal/passphrase.js';
import { formatSize, plural } from '../../terminal/size.js';
import { deviceLabel } from '../identity/device-label.js';
import { assertCanChoose, chooseKept, type KeepArgs } from './kept-devices.js';
import { seedOfWords, WORDS_QUESTION } from './words-typed.js';

const NEW_KEYS_QUESTION = 'New passphrase for the keys of this device (Enter: none): ';

/** Opens it, unpacks it, and says how to be somebody again. */
export async function run(context: Context, args: Args<'restore'>): Promise<void> {
  const { directory, world, lockTimeoutMs } = context;
  assertNoRepository(directory);
  const source = openFile(args.file);
  try {
    const { place, seed } = await open(context, source, args);
    const passphrase = isOpenedByFile(context) ? undefined : await offerPassphrase(context, NEW_KEYS_QUESTION);
    makeDirectory(directory);
    let self: Self | undefined;
    const become: RestorePlace['become'] = async (beside, fresh, about) => {
      if (!seed) return fresh;
      const again = await becomeAgain(context, { directory: beside, fresh, about, seed }, args);
      self = again.self;
      return again.secrets;
    };
    const restored = await restoreBackup(source, place, {
      directory,
      world,
      passphrase,
      lockTimeoutMs,
      become,
    });
    tell(context, restored, { self, isProtected: passphrase !== undefined });
  } finally {
    source.close();
  }
}

/** The person again whose words they are: this is a new device of it, and decides about the others. */
async function becomeAgain(
  context: Context,
  from: { readonly directory: string; readonly fresh: Secrets; readonly about: About; readonly seed: Buffer },
  args: KeepArgs,
): Promise<{ readonly self: Self; readonly secrets: Secrets }> {
  const { directory, fresh, about, seed } = from;
  const { world } = context;
  const card = storedCard(about.card);
  assertRecoverySeed(card, seed);
  const kept = await chooseKept(context, keepable(directory, card, undefined), args);
  const backup = await backupRecipient(seed);
  const removed = goneBy(directory, { card, kept });
  const secrets = knowingRemoved({ ...fresh, backup }, removed);
  const random = (size: number): Buffer => world.random(size);
  const taking = { card, seed, kept, label: deviceLabel(), now: world.now(), random };
  const self = await becomeAuthority(directory, secrets, taking);
  forgetFormer(directory);
  return { self, secrets };
}

/** What opens a backup: where its content is, and what the words were made of, if they do. */
interface Opened {
  readonly place: PayloadPlace;
  readonly seed?: Buffer;
}

/** @throws SatchelError `bad-bundle` when it is no backup, `wrong-passphrase`, `not-authentic`, `sealed`, `locked`, `usage` */
async function open(context: Context, source: OpenFile, args: KeepArgs): Promise<Opened> {
  if (!isSealed(source)) throw notBackup(source.name);
  const underPassphrase = readPassphraseHeader(source);
  if (underPassphrase) {
    const passphrase = await typed(context, 'Passphrase of the backup: ', context.askSecret);
    const fileKey = await fileKeyUnder(underPassphrase, passphrase);
    return { place: { headerEnd: underPassphrase.length, fileKey } };
  }
  const header = readSealedHeader(source);
  const words = await typed(context, WORDS_QUESTION, async (question) => (await context.ask(question)) ?? '');
  assertCanChoose(context, args);
  const seed = await seedOfWords(words);
  const fileKey = await fileKeyOf(header, [backupIdentity(seed)]);
  if (fileKey) return { place: { headerEnd: header.bytes.length, fileKey }, seed };
  throw new SatchelError('sealed', `${source.name} is not for these recovery words`, {
    hint: 'it is somebody else\'s, or no backup: see "satchel inspect"',
  });
}

/** What opens it: in the file that the environment names, else typed. @throws SatchelError `locked` when there is nobody to ask */
async function typed(context: Context, question: string, ask: (question: string) => Promise<string>): Promise<string> {
  const { env, canAsk } = context;
  if (isOpenedByFile(context) || canAsk()) return findPassphrase(question, { env, canAsk: canAsk(), ask });
  throw new SatchelError('locked', 'the backup is encrypted, and there is no terminal to ask what opens it', {
    hint: `put the recovery words or the passphrase into a file and name it in ${PASSPHRASE_FILE_VARIABLE}`,
  });
}

/** Nobody is asked anything then. */
function isOpenedByFile({ env }: Context): boolean {
  return Boolean(env[PASSPHRASE_FILE_VARIABLE]);
}

function notBackup(name: string): SatchelError {
  return new SatchelError('bad-bundle', `${name} is no backup`, {
    hint: 'name a file that "satchel backup" made; bundles are taken by "satchel import"',
  });
}

function tell(
  context: Context,
  { about, files, bytes }: Restored,
  { self, isProtected }: { readonly self: Self | undefined; readonly isProtected: boolean },
): void {
  const { directory } = context;
  const { person, name, device, made } = about;
  if (context.json) {
    const now = { person: self?.person ?? null, device: self?.device ?? null };
    context.printJson({ directory, former: { person, name, device }, made, files, bytes, ...now });
    return;
  }
  const topics = plural(readTopics(directory).topics.length, 'topic');
  const contacts = plural(readContacts(directory).size, 'contact');
  context.print(`Restored ${path.join(directory, '.satchel')}: ${formatSize(bytes)}, ${topics}, ${contacts}.`);
  if (self) {
    context.print(
      `You are ${escapeLine(name)} again, on a new device, which adds and removes your devices from now on.`,
    );
    context.note(`Next: ${nextCommand(directory, 'sync DIR', context.env)}`);
  } else tellNobody(context, name);
  if (isProtected) return;
  const protect = nextCommand(directory, 'passphrase set', context.env);
  context.note(`The keys of this device are new, and under no passphrase, whatever the old one had: ${protect}`);
}

function tellNobody(context: Context, name: string): void {
  const { directory, env } = context;
  const command = (rest: string): string => nextCommand(directory, rest, env);
  context.print(`It was ${escapeLine(name)}'s. This computer is a new device, and nobody yet.`);
  context.note(`Go on as ${escapeLine(name)} by your recovery words: ${command('recovery use')}`);
  context.note(`or by another device of yours: ${command('device request')}`);
  context.note(`or as a new person, whom your friends accept anew: ${command('init')}`);
}
