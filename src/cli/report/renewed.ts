// What a user is told of a repository that was found to be restored or copied (spec/repository.md, "Restored and copied
// repositories"): what it writes now, and what is known of what is missing.
import { shortId, type TopicId } from '../../format/ids.js';
import { layoutOf } from '../../repository/layout.js';
import type { Finding } from '../../sync/check.js';
import { readTopics, topicOfId } from '../../topic/topics.js';
import { disbelievedUntil, fileOfKnownNotes, readKnownNotes } from '../../topic/writing/known-notes.js';
import { type Missing, type Renewal, type RenewalCause, readRenewal } from '../../topic/writing/renewal.js';
import type { Context } from '../command/context.js';
import { escapeLine } from '../terminal/escape.js';
import { piecesOf } from '../terminal/size.js';
import { formatMoment } from '../terminal/time.js';

/** Why new logs are written. */
const BECAUSE: Readonly<Record<RenewalCause, string>> = {
  restored: 'this repository was restored from a backup',
  copied: 'this repository was restored from a backup or copied',
  'no-note': 'this repository was not written to on this computer before, as far as is known here',
  damaged: 'something of yours was damaged on the disk of this repository',
  forked: 'something turned up in a log of yours that this repository knew nothing of',
};

/** Says so, if it was found just now. */
export function noteRenewed(context: Context, isRenewed: boolean): void {
  const renewal = isRenewed ? readLast(context) : undefined;
  if (!renewal) return;
  noteNewLogs(context, renewal.cause);
  for (const line of missingLines(context, renewal)) context.note(line);
}

/** Says that new logs are written from now on, and why. */
export function noteNewLogs(context: Context, cause: RenewalCause): void {
  context.note(`${BECAUSE[cause]}: from now on you write in new logs`);
}

/** Says that it looks like a copy again and is not taken for one, and what to do if it is one. */
export function noteDisbelief(context: Context, until: number): void {
  context.note(
    `by the ages of its files this repository was copied again, within 30 days: that is not believed until ${formatMoment(until)}, and you write on in the same logs`,
  );
  const file = escapeLine(fileOfKnownNotes(layoutOf(context.directory)));
  context.note(`if it is a copy, and the other one is written in too: remove ${file}, and write on in new logs here`);
}

/** Until a bundle was written since: the lines of `status` on it. */
export function renewedLines(context: Context): string[] {
  const renewal = readLast(context);
  if (!renewal || renewal.isExported) return [];
  return [sinceWhen(renewal), ...missingLines(context, renewal)];
}

/** What `check` says of it, and of birth times that are not believed any more. */
export function renewalFindings(context: Context): Finding[] {
  const where = layoutOf(context.directory).refs;
  const renewal = readLast(context);
  const until = disbelievedUntil(readKnownNotes(layoutOf(context.directory)), context.world.now());
  const findings: Finding[] = [];
  if (renewal) findings.push({ severity: 'hint', code: 'renewed', message: sinceWhen(renewal), where });
  if (until !== undefined) findings.push({ severity: 'hint', code: 'birth-times', message: notBelieved(until), where });
  return findings;
}

function notBelieved(until: number): string {
  return `the ages of files are not believed until ${formatMoment(until)}, because they told of a copy twice within 30 days: a copy that was made since the first is noticed later than usual`;
}

/** "you write in new logs since ..., because ...". */
function sinceWhen({ at, cause }: Renewal): string {
  return `you write in new logs since ${formatMoment(at)}, because ${BECAUSE[cause]}`;
}

/** As programs read it; null when there was none. */
export function renewedJson(context: Context): object | null {
  const renewal = readLast(context);
  if (!renewal) return null;
  const { at, cause, isExported } = renewal;
  const missing = renewal.missing.map(({ log, topic, from, end }) => {
    return { name: topic ? labelOf(context, topic) : null, topicId: topic ?? null, log, from, to: end };
  });
  return { at, cause, missing, exported: isExported };
}

function readLast({ directory }: Context): Renewal | undefined {
  return readRenewal(layoutOf(directory));
}

/** What is known to be missing, and how it comes back; never that it does. */
function missingLines(context: Context, { cause, missing }: Renewal): string[] {
  if (cause === 'forked') return [];
  if (missing.length === 0)
    return ['what you wrote and is not here comes back when contacts who have it export to you'];
  return missing.map((one) => {
    const what = `at least ${piecesOf(one.end - one.from)} of yours ${placeOf(context, one)}`;
    return `not here: ${what}; what contacts have of it comes back when they export to you`;
  });
}

function placeOf(context: Context, { topic, log }: Missing): string {
  return topic ? `in "${escapeLine(labelOf(context, topic))}"` : `in log ${shortId(log)}`;
}

function labelOf({ directory }: Context, topic: TopicId): string {
  return topicOfId(readTopics(directory), topic)?.label ?? shortId(topic);
}
