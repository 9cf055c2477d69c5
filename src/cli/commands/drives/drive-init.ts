// satchel drive init: makes a drive of a directory, or says more about one (spec/cli.md, "Drives").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { parseCards } from '../../../identity/card-text.js';
import { approve } from '../../../sync/drive/approval.js';
import { travellingTopics, writeChoice } from '../../../sync/drive/choices.js';
import { createDrive, type Drive, isOpenFor, openToAll, tryOpenDrive } from '../../../sync/drive/drive.js';
import { readMemory, writeMemory } from '../../../sync/drive/memory.js';
import { cardNamesOf, listPerson, readPeople } from '../../../sync/drive/people.js';
import { placeReader } from '../../../sync/drive/reader-page.js';
import { isUrl, placeName } from '../../../sync/medium/url.js';
import { openSession, type Session } from '../../../sync/session.js';
import { createStoredDrive } from '../../../sync/store/visit-store.js';
import { isLabel } from '../../../topic/rendezvous.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { whereJson } from '../../report/drive-json.js';
import { escapeLine } from '../../terminal/escape.js';
import { recipientOf } from '../exchange/recipient.js';
import { readerFile } from './reader-file.js';
import { storeAt, storeOptions, withDriveAt } from './store.js';
import { travellingTopic } from './travelling.js';

/** Makes it, lists people on it, and chooses topics for it; each may be done again later. */
export async function run(context: Context, args: Args<'drive init'>): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const people = args.for.map((name) => recipientOf(context, session, name));
  const topics = args.topic.map((name) => travellingTopic(session, name));
  const page = args.reader ? readerFile() : undefined;
  const { dir } = args;
  const existing = isUrl(dir) ? undefined : tryOpenDrive(dir);
  const isNew = isUrl(dir) ? await createAt(context, session, args) : !existing;
  const settle = (drive: Drive): Drive => {
    const same = isNew ? drive : sameDrive(drive, args);
    settleOn(session, same, { isNew, people });
    if (page) placeReader(same, page);
    return same;
  };
  const drive = isUrl(dir)
    ? await withDriveAt(context, session, dir, settle)
    : settle(existing ?? createDrive(dir, optionsOf(context, args)));
  repository.locked(() => {
    if (topics.length > 0) writeChoice(repository.directory, drive.id, topics);
    remember(session, drive, args.open);
  });
  const names = people.map(({ petname }) => petname);
  report(context, session, { drive, isNew, dir, people: names, hasReader: page !== undefined });
}

/** Approves the drive, and lists people on it. */
function settleOn(
  session: Session,
  drive: Drive,
  { isNew, people }: { readonly isNew: boolean; readonly people: readonly { readonly card: string }[] },
): void {
  const cards = [session.self, ...people].flatMap(({ card }) => parseCards(Buffer.from(card)));
  approve(session, drive.id, isNew ? [] : readPeople(drive, cardNamesOf(session)));
  for (const card of cards) listPerson(drive, card);
}

/** Makes a drive of the place at a URL; false where there is one already. */
async function createAt(context: Context, session: Session, args: Args<'drive init'>): Promise<boolean> {
  const { label, isOpen } = optionsOf(context, args);
  return createStoredDrive(session, await storeAt(context, args.dir), {
    ...(await storeOptions(context)),
    label,
    isOpen: isOpen === true,
  });
}

function optionsOf({ world }: Context, { dir, label, open }: Args<'drive init'>): Parameters<typeof createDrive>[1] {
  const name = isUrl(dir) ? placeName(dir) : path.basename(path.resolve(dir));
  return { label: label ?? (isLabel(name) ? name : 'satchel'), isOpen: open, random: world.random, now: world.now() };
}

function sameDrive(drive: Drive, { label, open }: Args<'drive init'>): Drive {
  if (label === undefined || label === drive.label) return open ? openToAll(drive) : drive;
  throw new SatchelError('usage', `it is a drive already, and its label is "${drive.label}"`, {
    hint: 'leave --label out: a label is written once',
  });
}

/** A drive is known from now on, though nobody has visited it yet; `said`: its user says that it is open, as its marker does. */
function remember({ repository }: Session, { id, label, isOpen, medium }: Drive, said: boolean): void {
  const before = readMemory(repository.layout, id);
  const memory = before ?? { label, first: 0, last: 0, files: {} };
  const mayBeOpen = said && isUrl(medium.where) && { mayBeOpen: true };
  writeMemory(repository.layout, id, {
    ...memory,
    directory: medium.where,
    ...(isOpen && said && { open: true }),
    ...mayBeOpen,
  });
}

interface Made {
  readonly drive: Drive;
  readonly isNew: boolean;
  readonly dir: string;
  readonly people: readonly string[];
  /** The page for browsers was put there. */
  readonly hasReader: boolean;
}

function report(context: Context, session: Session, { drive, isNew, dir, people, hasReader }: Made): void {
  const { id, label } = drive;
  const isOpen = isOpenFor(drive, readMemory(session.repository.layout, id));
  const topics = travellingTopics(session, id);
  const made = { created: isNew, open: isOpen, for: people, topics, reader: hasReader };
  if (context.json) context.printJson({ drive: id, label, ...whereJson(dir), ...made });
  const name = `"${escapeLine(label)}" (${id.slice(0, 10)})`;
  context.print(
    isNew ? `${escapeLine(dir)} is the drive ${name} now` : `${escapeLine(dir)} is the drive ${name} already`,
  );
  if (isOpen) context.print('open: whoever finds it can read what is added to it');
  if (hasReader) context.print('reader.html lies on it; whoever opens it there trusts everybody who had the drive');
  if (people.length > 0) context.print(`listed: ${people.map(escapeLine).join(', ')}`);
  context.note(`next: ${nextCommand(context.directory, `sync ${quoteWord(dir)}`, context.env)}`);
}
