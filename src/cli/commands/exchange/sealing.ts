// Whether what is written is sealed, and for whom (spec/cli.md, "Sealed and open").
import { SatchelError } from '../../../format/error.js';
import type { PersonId } from '../../../format/ids.js';
import { type Seal, type Seals, sealsFor } from '../../../sync/export/seal.js';
import { isStranger } from '../../../sync/known/audience.js';
import { allRecipients, type Recipient } from '../../../sync/known/recipients.js';
import type { Session } from '../../../sync/session.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import { petnameIn } from '../../report/export-words.js';
import { leftOutLines } from '../../report/left-out.js';

/** What a command line says of it. */
export interface SealingArgs {
  readonly open: boolean;
  readonly seal: boolean;
  readonly uncompressed?: boolean | undefined;
}

/** Bundles to be written: each for somebody else, an open one for all that were asked for. */
export interface Sealing {
  readonly seals: readonly (Seal | undefined)[];
  /** Who is sent nothing, because nothing can be sealed for it yet. */
  readonly leftOut: readonly PersonId[];
}

const OPEN: Sealing = { seals: [undefined], leftOut: [] };

/**
 * Whether to seal, by the command line, else by the setting. Who scans what crosses has to see it: so what is uncompressed is
 * open.
 * @throws SatchelError `usage` for options that contradict each other
 */
export async function isSealing(context: Context, { open, seal, uncompressed }: SealingArgs): Promise<boolean> {
  const config = await context.config();
  const isPlain = uncompressed === true || (uncompressed !== undefined && config['export.uncompressed']);
  if (!seal) return config.seal && !open && !isPlain;
  if (open)
    throw new SatchelError('usage', "--open and --seal are each other's opposite", { hint: 'give one of them' });
  if (!isPlain) return true;
  const why = uncompressed ? '--uncompressed is' : 'the setting export.uncompressed is true, which is';
  throw new SatchelError('usage', `${why} for whoever scans what crosses, and --seal lets nobody look inside`, {
    hint: 'leave one of them out',
  });
}

/**
 * For whom a bundle for these people is sealed; an open one where sealing is not wanted, or where nobody was ever met and the
 * user says yes to it. Says who is left out.
 * @throws SatchelError `usage` when there is nobody to seal for
 */
export async function sealingFor(
  context: Context,
  session: Session,
  args: SealingArgs,
  to: readonly Recipient[] = allRecipients(session),
): Promise<Sealing> {
  if (!(await isSealing(context, args))) return OPEN;
  assertContacts(session, to);
  const found = sealsFor(
    session,
    to.map(({ person }) => person),
  );
  const leftOut = [...found.unready, ...found.unsealable];
  if (found.seals.length === 0) return nobodyToSealFor(context, session, found);
  for (const line of leftOutLines(session, found, exportOpenly(context, session))) context.stderr.write(`${line}\n`);
  return { seals: found.seals, leftOut };
}

/** @throws SatchelError `usage` when they are several, and one name is given for the file */
export function assertOneFile({ seals }: Sealing, output: string | undefined, isDirectory: boolean): void {
  if (seals.length < 2 || output === undefined || isDirectory) return;
  throw new SatchelError('usage', `it takes ${seals.length} sealed bundles to reach so many people`, {
    hint: 'name a directory with -o, or leave -o out',
  });
}

/** What is sealed is for contacts: of a stranger the user never said that its card is right. */
function assertContacts(session: Session, to: readonly Recipient[]): void {
  if (!to.some(({ person }) => isStranger(session, person))) return;
  throw new SatchelError('usage', 'nothing is sealed for people who are no contacts', {
    hint: 'make them contacts first, with "satchel contact add", or write it with --open',
  });
}

async function nobodyToSealFor(context: Context, session: Session, found: Seals): Promise<Sealing> {
  const [line] = leftOutLines(session, found, exportOpenly(context, session));
  if (line !== undefined) throw new SatchelError('usage', 'there is nobody to seal for', { hint: line });
  if (session.contacts.size === 0 && context.canAsk()) {
    const question = 'You have no contacts to seal for. Write it open, so that whoever finds it can read it?';
    if (await confirm(context, question)) return OPEN;
  }
  const add = nextCommand(context.directory, 'contact add CARD', context.env);
  throw new SatchelError('usage', 'there is nobody to seal for yet', {
    hint: `accept a card with "${add}", or write it with --open: then whoever finds it can read it`,
  });
}

function exportOpenly(context: Context, session: Session): (person: PersonId) => string {
  return (person) =>
    nextCommand(context.directory, `export --open --to ${quoteWord(petnameIn(session, person))}`, context.env);
}
