// What a visit to a drive did, in words (spec/cli.md, "sync").
import type { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import type { OneWayReport } from '../../sync/drive/one-way-tidy.js';
import type { Removable } from '../../sync/drive/tidy.js';
import type { VisitReport } from '../../sync/drive/visit-report.js';
import { isUrl } from '../../sync/medium/url.js';
import type { Session } from '../../sync/session.js';
import type { Context } from '../command/context.js';
import { describeFailure } from '../command/errors.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { openAmong, topicNames } from '../commands/drives/travelling.js';
import { escapeLine } from '../terminal/escape.js';
import { attachmentsOf, formatSize, piecesOf, plural } from '../terminal/size.js';
import { writeText } from '../terminal/write-text.js';
import { contentOf, isNothing, leftOf, petnameIn, readersOf } from './export-words.js';
import { adviseAfterImport } from './import-advice.js';
import type { ImportDone } from './import-json.js';
import { expiredWords, showNew, tellFile, tellRecovered } from './import-report.js';
import { leftOutLines } from './left-out.js';
import { tellNotCurrent } from './not-current.js';
import { noteRenewed } from './renewed.js';
import { tellSealed } from './sealed-words.js';
import { outcomesOf, type Visited } from './visit-json.js';

/** Of files that could not be taken so many are named: a stick may be full of them. */
const FAILED_SHOWN = 20;
/** So many people who can read what is not for them, or get nothing, are named. */
const STRANGERS_SHOWN = 3;
/** Exit statuses of errors that say that a bundle is no good. */
const DAMAGED = [20, 21];

type Reported = Extract<Visited, { report: VisitReport }>;

/** Says it all; of what went wrong also with `--quiet`. */
export function tellVisit(context: Context, visit: Visited, dryRun: boolean): void {
  if ('error' in visit) {
    tellFailure(context, visit.directory, visit.error);
    return;
  }
  const { report, session, before, directory } = visit;
  const carry = `sync ${quoteWord(directory)}`;
  const { met, recovered } = report;
  const { settled } = report;
  const done = { session, outcomes: outcomesOf(report), before, dryRun, met, carry, again: carry, recovered, settled };
  tellFiles(context, report, done, directory);
  tellLeftOut(context, report, session, directory);
  if (!context.json && !context.quiet) tellRest(context, visit, done);
  if (report.failure) tellFailure(context, directory, report.failure);
  else if (!dryRun) context.print(context.style.green(doneWords(report.drive)));
}

/** The last line of a visit with which all is well. */
export function doneWords({ label, medium }: VisitReport['drive']): string {
  if (!isUrl(medium.where)) return `${escapeLine(label)} is safe to remove`;
  return `${escapeLine(label)}: ${/^https?:/.test(medium.where) ? 'all is fetched' : 'all is uploaded'}`;
}

function tellRest(context: Context, { report, directory, far }: Reported, done: ImportDone): void {
  const keepsAll = far?.keepsAll === true;
  const isShown = report.oneWay === undefined && tellTaken(context, report, done);
  if (report.oneWay) tellOneWay(context, report, report.oneWay, done);
  else tellAdded(context, report, done);
  tellRecovered(context, done);
  tellNotCurrent(context, done.session);
  tellUnserved(context, report, directory);
  tellRemoved(context, report.removed, done.dryRun);
  if (keepsAll)
    context.note('nothing may be removed there: what nobody needs any more stays until its owner removes it');
  tellLeft(context, report);
  noteRenewed(context, report.renewed);
  tellTopics(context, report, done.session, directory);
  tellPrivate(context, report, done.session);
  tellUnapproved(context, report, directory);
  if (!done.dryRun) adviseAfterImport(context, done, { isShown, isRenewed: report.renewed });
}

/** A failure of one drive, told while others go on; that somebody else is at work is no news to cron. */
function tellFailure(context: Context, directory: string, error: SatchelError): void {
  if (error.code === 'busy' && context.quiet && !context.json) return;
  const { text } = describeFailure(error, { json: context.json, file: directory });
  context.stdout.flush();
  writeText(context.stderr, text);
}

function tellFiles(context: Context, report: VisitReport, done: ImportDone, directory: string): void {
  const { scanned } = report;
  const failed = done.outcomes.filter(({ kind }) => kind === 'failed');
  const shown = new Set(context.json ? failed : failed.slice(0, FAILED_SHOWN));
  for (const outcome of done.outcomes)
    if (shown.has(outcome) || isWorthALine(done, outcome)) tellFile(context, done, outcome);
  const more = failed.length - shown.size;
  if (more > 0) writeText(context.stderr, `satchel: error: ${plural(more, 'more file')} could not be taken\n`);
  for (const { name, isArriving } of scanned)
    if (isArriving) context.note(`${escapeLine(name)} is not whole yet: somebody may still be copying it`);
  tellDamaged(context, scanned, directory);
  tellSealed(context, report);
}

/** A damaged bundle that is gone is written anew by whoever made it, if it is still needed. */
function tellDamaged(context: Context, scanned: VisitReport['scanned'], directory: string): void {
  if (!scanned.some(({ error, isArriving }) => error && !isArriving && DAMAGED.includes(error.exit))) return;
  const tidy = nextCommand(context.directory, `drive tidy --damaged ${quoteWord(directory)}`, context.env);
  context.note(`what is damaged helps nobody; to remove it, so that it is written anew: ${tidy}`);
}

/** Whether the new messages were shown. */
function tellTaken(context: Context, { scanned, drive }: VisitReport, done: ImportDone): boolean {
  const messages = scanned.reduce((sum, file) => sum + file.messages, 0);
  const left = scanned.reduce((sum, { report }) => sum + (report?.skipped ?? 0), 0);
  const blobs = scanned.reduce((sum, { report }) => sum + (report?.blobs.freshBytes ?? 0), 0);
  const expired = scanned.reduce((sum, { report }) => sum + (report?.expired ?? 0), 0);
  const parts = messages > 0 ? [plural(messages, 'new message')] : [];
  if (expired > 0) parts.push(expiredWords(expired));
  if (blobs > 0) parts.push(attachmentsOf(blobs));
  if (parts.length === 0) parts.push('nothing new');
  if (left > 0) parts.push(`${piecesOf(left)} left on it`);
  if (!done.dryRun) context.print(`${escapeLine(drive.label)}: ${parts.join('; ')}`);
  return showNew(context, done, messages);
}

/** Of files with which all is well, the visit's own line tells enough. */
function isWorthALine({ dryRun }: ImportDone, outcome: ImportDone['outcomes'][number]): boolean {
  if (outcome.kind !== 'bundle') return false;
  const { fresh, refused, blobs } = outcome.report;
  return refused.length > 0 || outcome.damage !== undefined || (dryRun && fresh + blobs.fresh > 0);
}

/** What is private never goes where anybody can read it. */
function tellPrivate(context: Context, report: VisitReport, session: Session): void {
  if (report.isSealed || report.isReadOnly) return;
  const isPrivate = session.topics.topics.some(({ kind, joined, topic }) => {
    return kind === 'private' && joined && report.topics.includes(topic);
  });
  if (isPrivate) context.note('nothing of private topics goes onto an open drive');
}

/** At the first visit, though there may be nobody to seal for yet: which topics travel, and how to choose. */
function tellTopics(context: Context, report: VisitReport, session: Session, directory: string): void {
  if (!report.isFirst || !(report.exported || report.seals)) return;
  const topics = report.isSealed ? report.topics : openAmong(session, report.topics);
  if (topics.length === 0) return;
  const choose = nextCommand(context.directory, `drive topics ${quoteWord(directory)}`, context.env);
  context.note(`on this drive travel ${topicNames(session, topics)}; to choose: ${choose} TOPIC...`);
}

/** Only with `--if-approved` is nothing written to a drive for want of approval. */
function tellUnapproved(context: Context, { isApproved, isReadOnly }: VisitReport, directory: string): void {
  if (isApproved || !isReadOnly) return;
  const command = nextCommand(context.directory, `sync ${quoteWord(directory)}`, context.env);
  context.note(`nothing is written to a drive that you never approved; to approve it: ${command}`);
}

function tellAdded(context: Context, report: VisitReport, { session, dryRun }: ImportDone): void {
  const { exported, forStrangers, drive, strangers, readers } = report;
  const verb = dryRun ? 'would add' : 'added';
  const names = new Map<PersonId, string>(strangers.map(({ person, name }) => [person, `~${name}`]));
  for (const added of [...(exported ? [exported] : []), ...forStrangers]) {
    if (isNothing(added)) continue;
    const what = `${contentOf(added)} (${formatSize(added.bytes)})`;
    context.print(`${escapeLine(drive.label)}: ${verb} ${what}${readersOf(session, added, names)}`);
  }
  if (readers.length > 0)
    context.note(
      `what is for your contacts lies there in the clear: ${strangersAmong(readers)}, listed there too, can read it`,
    );
}

/** Who gets nothing of what is sealed, and why. */
function tellUnserved(context: Context, { drive, isSealed, seals, unserved }: VisitReport, directory: string): void {
  if (!isSealed) return;
  const command = (words: string): string => nextCommand(context.directory, words, context.env);
  const isNobody = seals && seals.seals.length + seals.unready.length + seals.unsealable.length === 0;
  // whoever is listed can be accepted, which is told by name
  if (isNobody && unserved.length === 0) {
    const open = command(`drive init --open ${quoteWord(directory)}`);
    context.note(`nobody to seal for yet: ${command('contact add CARD')}, or for whoever finds the drive: ${open}`);
  }
  if (unserved.length > 0) {
    const are = unserved.length === 1 ? 'is on this drive but no contact' : 'are on this drive but no contacts';
    context.note(`${strangersAmong(unserved)} ${are} of yours: nothing is written for them`);
  }
  if (!drive.isOpen || !seals) return;
  const open = command(`drive init --open ${quoteWord(directory)}`);
  context.note(`the drive says that nothing on it is sealed; you seal all the same; to go by it: ${open}`);
}

/** What nobody is to overlook, also with `--quiet`: contacts for whom nothing could be sealed. */
function tellLeftOut(context: Context, { seals }: VisitReport, session: Session, directory: string): void {
  if (!seals) return;
  const openly = (person: PersonId): string =>
    nextCommand(
      context.directory,
      `sync --open --to ${quoteWord(petnameIn(session, person))} ${quoteWord(directory)}`,
      context.env,
    );
  for (const line of leftOutLines(session, seals, openly)) writeText(context.stderr, `${line}\n`);
}

/** `~Xeno, ~Yuri and 3 more`. */
function strangersAmong(people: VisitReport['readers']): string {
  const sorted = [...people].sort((a, b) => ((a.name === b.name ? a.person < b.person : a.name < b.name) ? -1 : 1));
  const shown = sorted.slice(0, STRANGERS_SHOWN).map(({ name }) => `~${escapeLine(name)}`);
  const more = people.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What went to a destination that never answers, and what will not go there again by itself. */
function tellOneWay(
  context: Context,
  { exported, drive }: VisitReport,
  { fresh, repeated, aged }: OneWayReport,
  { session, dryRun }: ImportDone,
): void {
  const label = escapeLine(drive.label);
  if (!exported || fresh + repeated === 0) context.print(`${label}: nothing new, and nothing to repeat`);
  else {
    const what = `${piecesOf(fresh)}, and ${repeated} repeated (${formatSize(exported.bytes)})`;
    context.print(`${label}: ${dryRun ? 'would write' : 'wrote'} ${what}${readersOf(session, exported)}`);
  }
  if (aged === 0) return;
  context.note(`${piecesOf(aged)} went there before and ${aged === 1 ? 'is' : 'are'} repeated no more;`);
  context.note('whoever missed them has a gap: to close it, give --repeat-last a longer time once');
}

/** How much was removed. */
export function tellRemoved(context: Context, removed: readonly Removable[], dryRun: boolean): void {
  if (removed.length === 0) return;
  const verb = dryRun ? 'would remove' : 'removed';
  const unopened = removed.filter(({ reason }) => reason === 'unopened');
  const told = [
    [removed.filter((one) => !unopened.includes(one)), 'bundle', 'that nobody needs there'],
    [unopened, 'sealed file', 'that no key here opens'],
  ] as const;
  for (const [some, noun, which] of told) {
    const bytes = some.reduce((sum, { bundle }) => sum + bundle.file.size, 0);
    if (some.length > 0) context.print(`${verb} ${plural(some.length, noun)} ${which} (${formatSize(bytes)})`);
  }
}

function tellLeft(context: Context, { exported, forStrangers, isCut }: VisitReport): void {
  const left = exported ? leftOf(exported) : '';
  const leftOut = forStrangers.reduce((sum, one) => sum + one.left + one.blobsLeft.count, 0);
  if (leftOut > 0) context.note(`${plural(leftOut, 'piece')} for strangers found no room`);
  if (left !== '') context.note(`${left} found no room; the next visits go on once there is some`);
  if (isCut) context.note('time was up before all was done; the next visit goes on');
}
