// What an import did, in words: a line for each file, new messages on a terminal, and what to do about people and
// topics that are not known yet (spec/cli.md, "import").
import type { SatchelError } from '../../format/error.js';
import { shortId } from '../../format/ids.js';
import { acceptedContact } from '../../identity/relations.js';
import { STDIN } from '../../sync/import/given-files.js';
import type { FileAside, FileOutcome, TakenBundle } from '../../sync/import/import-files.js';
import type { Session } from '../../sync/session.js';
import { readArrived } from '../../topic/reading/reading.js';
import { openViewer } from '../../topic/reading/viewer.js';
import type { Topic } from '../../topic/topics.js';
import type { Context } from '../command/context.js';
import { describeFailure } from '../command/errors.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import { attachmentsOf, piecesOf, plural } from '../terminal/size.js';
import { writeText } from '../terminal/write-text.js';
import { openDisplay } from './display.js';
import { NO_MESSAGES } from './export-words.js';
import { adviseAfterImport, ofPerson } from './import-advice.js';
import { type ImportDone, makerOf } from './import-json.js';
import { tellNotCurrent } from './not-current.js';

/** Messages shown at once, at most. */
const SHOWN_MAX = 100;

type CardsOutcome = Extract<FileOutcome, { kind: 'cards' }>;

/** Says it all; of what went wrong also with `--quiet`, for programs as one JSON document a file. */
export function tellImport(context: Context, done: ImportDone): void {
  if (done.outcomes.length === 0) context.print('nothing to import: there are no bundles and no cards');
  for (const outcome of done.outcomes) tellFile(context, done, outcome);
  if (done.dryRun || context.json || context.quiet) return;
  const bundles = done.outcomes.filter((outcome) => outcome.kind === 'bundle');
  const messages = bundles.reduce((sum, bundle) => sum + bundle.messages, 0);
  tellRecovered(context, done);
  tellNotCurrent(context, done.session);
  if (bundles.length > 1) context.print(`${plural(messages, 'new message')} from ${plural(bundles.length, 'bundle')}`);
  adviseAfterImport(context, done, { isShown: showNew(context, done, messages), isRenewed: false });
}

/** Who used recovery words: it is the same person, and whoever compared its words need not do it again. */
export function tellRecovered(context: Context, { recovered = [] }: ImportDone): void {
  for (const { petname } of recovered) context.print(`${escapeLine(petname)} ${RECOVERED}`);
}

/** Said of somebody. */
const RECOVERED = 'took back who they are with their recovery words: it is the same person';

/** What became of one file. */
export function tellFile(context: Context, done: ImportDone, outcome: FileOutcome): void {
  if (outcome.kind === 'failed') tellFailure(context, outcome.file, outcome.error);
  else if (outcome.kind === 'aside') tellAside(context, done, outcome);
  else if (outcome.kind === 'cards') tellCards(context, done.session, outcome);
  else tellBundle(context, done, outcome);
}

function tellBundle(context: Context, done: ImportDone, outcome: TakenBundle): void {
  if (outcome.damage) tellFailure(context, outcome.file, outcome.damage);
  context.print(`${escapeLine(outcome.file)}${fromMaker(done.session, outcome)}: ${broughtBy(outcome, done.dryRun)}`);
  if (context.json) return;
  for (const { log, code, message } of outcome.report.refused) {
    const whose = ofPerson(done.session, done.session.repository.log(log)?.person);
    writeText(context.stderr, `satchel: error: ${escapeLine(`log ${shortId(log)}${whose}: ${message} (${code})`)}\n`);
  }
}

function tellAside(context: Context, { session, dryRun }: ImportDone, outcome: FileAside): void {
  const { file, digest, by, cards } = outcome;
  const maker = makerOf(session, by, cards);
  const from = maker ? MAKER_WORDS[maker.kind](escapeLine(maker.name)) : ` from device ${shortId(by)}`;
  context.print(`${escapeLine(file)}${from}: ${dryRun ? 'would be kept' : 'kept'} aside as ${shortId(digest)}`);
  if (dryRun) return;
  const show = nextCommand(context.directory, `quarantine show ${shortId(digest)}`, context.env);
  context.note(`to see what is in it, and decide: ${show}`);
}

function tellFailure(context: Context, file: string, error: SatchelError): void {
  const { text } = describeFailure(error, { json: context.json, file });
  context.stdout.flush();
  writeText(context.stderr, text);
}

const MAKER_WORDS = {
  self: (_: string) => ' of your own',
  contact: (name: string) => ` from ${name}`,
  stranger: (name: string) => ` from ~${name}`,
};

function fromMaker(session: Session, { by, report }: TakenBundle): string {
  const maker = makerOf(session, by, report.cards);
  return maker ? MAKER_WORDS[maker.kind](escapeLine(maker.name)) : '';
}

/** What is not taken in is not looked into. */
function newsOf(fresh: number, messages: number, isDry: boolean): string {
  if (isDry) return `${piecesOf(fresh)} that ${fresh === 1 ? 'is' : 'are'} new`;
  return messages > 0 ? plural(messages, 'new message') : `no messages, but ${NO_MESSAGES}`;
}

function broughtBy({ report, messages }: TakenBundle, isDry: boolean): string {
  const { fresh, skipped, refused, blobs } = report;
  const parts = fresh > 0 ? [newsOf(fresh, messages, isDry)] : [];
  if (report.expired > 0) parts.push(expiredWords(report.expired));
  if (blobs.fresh > 0) parts.push(attachmentsOf(blobs.freshBytes));
  if (parts.length === 0) parts.push('nothing new');
  if (skipped > 0) parts.push(`${piecesOf(skipped)} left in the file`);
  if (blobs.skipped > 0) parts.push(`${plural(blobs.skipped, 'piece')} of attachments left in the file`);
  if (refused.length > 0) parts.push(`${plural(refused.length, 'log')} refused`);
  return parts.join('; ');
}

/** Messages that nobody will see here. */
export function expiredWords(count: number): string {
  return `${plural(count, 'message')} had expired before ${count === 1 ? 'it' : 'they'} arrived`;
}

function tellCards(context: Context, session: Session, { file, archive, cards }: CardsOutcome): void {
  for (const { person, name } of cards) {
    const contact = acceptedContact(session, person);
    const where = escapeLine(file);
    if (person === session.self.person) context.print(`${where}: your own card`);
    else if (contact) context.print(`${where}: the card of ${escapeLine(contact.petname)}, a contact already`);
    else {
      // what no path leads to is known by its name from now on
      const word = file === STDIN || archive !== undefined ? name : file;
      const command = nextCommand(context.directory, `contact add ${quoteWord(word)}`, context.env);
      context.print(`${where}: the card of ~${escapeLine(name)}; to accept it: ${command}`);
    }
  }
}

/** On a terminal the new messages of joined topics are shown at once, if they are not too many; true if they were. */
export function showNew(context: Context, { session, before }: ImportDone, messages: number): boolean {
  if (!context.stdout.isTerminal || messages === 0 || messages > SHOWN_MAX) return false;
  const display = openDisplay(context);
  const topics = changedTopics(session, before);
  for (const topic of topics) {
    const viewer = openViewer(session, topic);
    const arrived = readArrived(session.repository, viewer, {}, before);
    if (arrived.length > 0) context.print(`\n${context.style.bold(`# ${escapeLine(topic.label)}`)}`);
    display.show(viewer, arrived);
  }
  context.print('');
  return topics.length > 0;
}

function changedTopics({ repository, topics }: Session, before: number): Topic[] {
  const changed = new Set(repository.arrivedAfter(before).map(({ log }) => repository.log(log)?.topic));
  return topics.topics.filter((topic) => topic.joined && !topic.muted && changed.has(topic.topic));
}
