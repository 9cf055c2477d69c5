// What a user should know after an import, and do: gaps, people and topics that are not known yet, the next command
// (spec/cli.md, "import").
import { type LogId, type PersonId, shortId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { acceptedContact, decidedRelation } from '../../identity/relations.js';
import { hasUnexpired } from '../../sync/import/expired.js';
import type { FileOutcome, TakenBundle } from '../../sync/import/import-files.js';
import { seenTopics } from '../../sync/known/seen-topics.js';
import type { Session } from '../../sync/session.js';
import type { Context } from '../command/context.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import { piecesOf } from '../terminal/size.js';
import type { ImportDone } from './import-json.js';
import { newcomerLines } from './newcomers.js';
import { noteNewLogs } from './renewed.js';
import { whoWrites } from './who-writes.js';

/** Topics named, at most. */
const NAMED_MAX = 5;

/** What a gap may be: nobody knows before it is filled. */
const GAP_HINT = 'messages, or receipts; another bundle may bring them';

/** What was said before the advice. */
interface Said {
  /** The new messages were printed. */
  readonly isShown: boolean;
  /** The user was told of new logs. */
  readonly isRenewed: boolean;
}

/** Remarks on stderr. */
export function adviseAfterImport(context: Context, done: ImportDone, news: Said): void {
  const bundles = done.outcomes.filter((outcome) => outcome.kind === 'bundle');
  if (!news.isRenewed && isForked(done.outcomes)) noteNewLogs(context, 'forked');
  tellContradictions(context, done.session, bundles);
  tellGaps(context, done, bundles);
  const isAnybodyNew = tellStrangers(context, done, bundles);
  tellTopics(context, done);
  tellInvitations(context, done);
  // whoever is new is decided about first, and what was shown needs no reading
  if (!isAnybodyNew || !news.isShown) tellNext(context, done, news.isShown);
}

/** Who invites us, or began to write to us. */
function tellInvitations(context: Context, { session, settled }: ImportDone): void {
  for (const { label } of settled?.begun ?? []) {
    context.note(`a private conversation with ${escapeLine(label)} begins: ${read(context, label)}`);
  }
  for (const { label, by } of settled?.invitations ?? []) {
    const who = acceptedContact(session, by)?.petname ?? shortId(by);
    const join = nextCommand(context.directory, `topic join ${quoteWord(label)}`, context.env);
    context.note(`${escapeLine(who)} invites you to the private topic "${escapeLine(label)}": ${join}`);
  }
  for (const { label, by } of settled?.removals ?? []) {
    const who = acceptedContact(session, by)?.petname ?? shortId(by);
    const leave = nextCommand(context.directory, `topic leave ${quoteWord(label)}`, context.env);
    context.note(
      `${escapeLine(who)} removed you from the private topic "${escapeLine(label)}"; to leave it, too: ${leave}`,
    );
  }
}

function read(context: Context, label: string): string {
  return nextCommand(context.directory, `read -t ${quoteWord(label)}`, context.env);
}

/** ` of Bob`: whose something is, to be put behind it; empty when nobody knows. */
export function ofPerson(session: Session, person: PersonId | undefined): string {
  if (person === undefined) return '';
  if (person === session.self.person) return ' of yours';
  const contact = acceptedContact(session, person);
  return ` of ${contact ? escapeLine(contact.petname) : shortId(person)}`;
}

/** Whether a log that was written here until now is given up for what came. */
export function isForked(outcomes: readonly FileOutcome[]): boolean {
  return outcomes.some((outcome) => outcome.kind === 'bundle' && outcome.report.forked.length > 0);
}

/** Whose logs have two pasts, where what they say is to be seen, and what happens next. */
function tellContradictions(context: Context, session: Session, bundles: readonly TakenBundle[]): void {
  const contradicted = bundles.flatMap(({ report }) => report.refused.filter(({ code }) => code === 'contradiction'));
  for (const log of new Set(contradicted.map((refused) => refused.log))) tellContradicted(context, session, log);
}

function tellContradicted(context: Context, session: Session, log: LogId): void {
  const { repository, self } = session;
  const { person, end = 0 } = repository.log(log) ?? {};
  const frozen = repository.frozen.get(log);
  if (frozen === undefined || person === self.person) return;
  const whose = ofPerson(session, person);
  const held = end > frozen ? 'what is here of it stays readable, marked; ' : '';
  context.note(`a log${whose} has two pasts: ${held}its author's devices write both again`);
}

/** Gaps that are still there when all bundles are in. */
function tellGaps(context: Context, { session }: ImportDone, bundles: readonly TakenBundle[]): void {
  const { repository } = session;
  for (const log of new Set(bundles.flatMap(({ report }) => report.gaps.map((gap) => gap.log)))) {
    const held = repository.held(log);
    const missing = (held.at(-1)?.end ?? 0) - held.reduce((sum, { from, end }) => sum + end - from, 0);
    const whose = ofPerson(session, repository.log(log)?.person) || ` of log ${shortId(log)}`;
    if (missing > 0)
      context.note(`${piecesOf(missing)}${whose} ${missing === 1 ? 'is' : 'are'} not here yet: ${GAP_HINT}`);
  }
}

/** Whether there were any. */
function tellStrangers(context: Context, done: ImportDone, bundles: readonly TakenBundle[]): boolean {
  const { session, before } = done;
  const { repository } = session;
  const wrote = new Set(repository.arrivedAfter(before).map(({ log }) => repository.log(log)?.person));
  const left = strangersIn(session, bundles, wrote);
  const met = (done.met ?? []).filter(({ person }) => !left.has(person));
  // in an order of their own: bundles on a drive come in that of their digests
  const strangers = [...left.values(), ...met].sort((a, b) => compare(a.name, b.name) || compare(a.person, b.person));
  const isLeft = ({ person }: Card): boolean => left.has(person) && !wrote.has(person);
  const remarkOn = (one: Card): string =>
    isLeft(one) ? 'is no contact yet, so its messages were left where they are' : 'is no contact yet';
  for (const line of newcomerLines(context, strangers, remarkOn)) context.note(line);
  // whoever was accepted is heard, and written to, by the same command run again
  const isWorthAgain = strangers.some((one) => isLeft(one) || done.met);
  if (isWorthAgain && done.again !== undefined)
    context.note(`then again: ${nextCommand(context.directory, done.again, context.env)}`);
  return strangers.length > 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Those who wrote something that was taken, and those in bundles of which something was left. */
function strangersIn(
  session: Session,
  bundles: readonly TakenBundle[],
  wrote: ReadonlySet<unknown>,
): ReadonlyMap<PersonId, Card> {
  const strangers = new Map<PersonId, Card>();
  for (const { report } of bundles) {
    for (const card of report.cards) {
      const isNews = wrote.has(card.person) || report.skipped > 0;
      if (isNews && decidedRelation(session, card.person) === undefined) strangers.set(card.person, card);
    }
  }
  return strangers;
}

function tellTopics(context: Context, { session, before }: ImportDone): void {
  const { repository } = session;
  const changed = new Set(repository.arrivedAfter(before).map(({ log }) => repository.log(log)?.topic));
  const seen = seenTopics(session).filter(({ topic }) => changed.has(topic));
  for (const one of seen.slice(0, NAMED_MAX)) {
    const { label, topic } = one;
    const isTwice = seen.some((other) => other.label === label && other.topic !== topic);
    const command = `topic join ${isTwice ? shortId(topic) : quoteWord(label)}`;
    const join = nextCommand(context.directory, command, context.env);
    const who = whoWrites(session, one);
    context.note(`${who} in "${escapeLine(label)}", which you have not joined; to join: ${join}`);
  }
}

/** Only what is in joined topics can be read right away, unless it had expired. */
function tellNext(context: Context, { session, before, carry = 'export' }: ImportDone, isShown: boolean): void {
  const { repository, topics } = session;
  const joined = new Set(topics.topics.flatMap(({ topic, joined }) => (joined ? topic : [])));
  const isReadable = repository.arrivedAfter(before).some((run) => {
    const topic = repository.log(run.log)?.topic;
    return topic !== undefined && joined.has(topic) && hasUnexpired(repository, run);
  });
  if (!isReadable) return;
  const command = (rest: string): string => nextCommand(context.directory, rest, context.env);
  context.note(isShown ? `next: ${command('post')}, then ${command(carry)}` : `next: ${command('read')}`);
}
