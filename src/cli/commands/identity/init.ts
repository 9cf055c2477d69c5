// satchel init: a repository with an identity in it (spec/cli.md, "Identity and contacts").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { readContacts } from '../../../identity/contacts.js';
import { createIdentity } from '../../../identity/create.js';
import { fingerprint } from '../../../identity/fingerprint.js';
import { foundAfterRestore, isRestored, readFormer } from '../../../identity/former.js';
import { parseName } from '../../../identity/names.js';
import type { Self } from '../../../identity/self.js';
import { assertNoRepository } from '../../../repository/create.js';
import type { Context, GlobalArgs } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { newPassphrase } from '../../terminal/new-passphrase.js';
import { PASSPHRASE_FILE_VARIABLE } from '../../terminal/passphrase.js';
import { askLine } from '../../terminal/prompt.js';
import { widthOf } from '../../terminal/width.js';
import { loginName } from './login-name.js';
import { makeRepository } from './make-repository.js';

/** Creates them and says what to do next. */
export async function run(context: Context, args: Args<'init'>): Promise<void> {
  const directory = directoryOf(context, args);
  const given = args.name === undefined ? undefined : parseName(args.name);
  if (isRestored(directory)) return beginAnew(context, directory, { given, passphrase: args.passphrase });
  assertNoRepository(directory);
  const name = given ?? (await chooseName(context));
  const passphrase = args.passphrase
    ? await newPassphrase(context, context.env[PASSPHRASE_FILE_VARIABLE] || undefined)
    : undefined;
  await report(context, directory, await foundPerson(context, directory, { name, passphrase }));
}

/**
 * Makes a repository, and founds its person.
 * @throws SatchelError `repository-exists`, `usage` for a name that cannot be one, `io`
 */
export async function foundPerson(context: Context, directory: string, options: Founding): Promise<Self> {
  const name = parseName(options.name);
  const chance = { now: context.world.now(), random: (size: number) => context.world.random(size) };
  return makeRepository(context, directory, () => createIdentity(directory, { ...options, name, ...chance }));
}

interface Founding {
  readonly name: string;
  readonly passphrase: string | undefined;
}

async function report(context: Context, directory: string, self: Self): Promise<void> {
  if (context.json) {
    const { person, name, device, card } = self;
    context.printJson({ directory, device, person, name, fingerprint: await fingerprint(person), card });
  } else tell(context, directory, self);
}

/** A restored repository gets a new person; the former one becomes a contact of it, whose logs stay readable. */
async function beginAnew(
  context: Context,
  directory: string,
  { given, passphrase }: { readonly given: string | undefined; readonly passphrase: boolean },
): Promise<void> {
  if (passphrase) {
    throw new SatchelError('usage', 'the keys of this device are there already', {
      hint: 'leave --passphrase out, and run "satchel passphrase set" afterwards',
    });
  }
  const { Repository } = await import('../../../repository/repository.js');
  const { createInterpreter } = await import('../../../topic/message/interpret.js');
  const { world, lockTimeoutMs } = context;
  const repository = Repository.open(directory, { interpreter: createInterpreter(), world, lockTimeoutMs });
  const { Keyring } = await import('../../../identity/keyring.js');
  const keyring = new Keyring(directory, () => context.passphrase());
  const former = readFormer(directory);
  const name = given ?? former?.name ?? (await chooseName(context));
  const self = await repository.lockedAsync(() =>
    foundAfterRestore(directory, keyring, { name, now: world.now(), random: (size) => world.random(size) }),
  );
  await report(context, directory, self);
  const before = former && readContacts(directory).get(former.person);
  if (before && !context.json) {
    context.note('');
    context.note(
      `You before are the contact ${escapeLine(before.petname)}, to be read; nothing is sealed for it any more.`,
    );
  }
}

function directoryOf(context: Context, args: Args<'init'>): string {
  if (args.dir === undefined) return context.directory;
  // The parser hands over the global options too.
  if ((args as unknown as GlobalArgs).directory === undefined) return path.resolve(args.dir);
  throw new SatchelError('usage', 'both DIR and -C were given', { hint: 'name the directory once' });
}

async function chooseName(context: Context): Promise<string> {
  const usual = loginName();
  const typed = context.canAsk() ? await askName(usual) : usual;
  if (typed === undefined) {
    throw new SatchelError('usage', 'no name was given', { hint: 'run "satchel init --name NAME"' });
  }
  return parseName(typed);
}

async function askName(usual: string | undefined): Promise<string | undefined> {
  const offered = usual === undefined ? '' : ` [${usual}]`;
  return (await askLine(`Your name, as others will see it${offered}: `))?.trim() || usual;
}

function tell(context: Context, directory: string, { name, card }: Self): void {
  const command = (rest: string): string => `  ${nextCommand(directory, rest, context.env)}`;
  context.print(`Created ${path.join(directory, '.satchel')}. Your name is ${escapeLine(name)}.`);
  context.print('Your card, for everyone you want to hear from:');
  context.print('');
  context.print(context.style.bold(card));
  context.note('');
  context.note('Next:');
  const rows: [string, string][] = [
    [command('contact add CARD'), 'accept a card: a file, or pasted'],
    [command('post -t garden Hello'), 'write to a topic; both of you name it alike'],
    [command('drive init DIR'), 'make a drive of a stick or a shared folder, then "sync" it'],
    [command('export'), 'or make a file to carry to the others'],
    [command('recovery print'), 'write down your recovery words'],
  ];
  for (const line of rowsFor(context, rows)) context.note(line);
  context.note(`Another name: ${command('card --name NAME').trim()}`);
}

/** Beside each other where there is room, else what it does below each command. */
function rowsFor({ stderr }: Context, rows: readonly (readonly [command: string, does: string])[]): string[] {
  const beside = alignColumns(rows);
  if (!stderr.isTerminal || beside.every((line) => widthOf(line) <= stderr.columns)) return beside;
  return rows.flatMap(([command, does]) => [command, `      ${does}`]);
}
