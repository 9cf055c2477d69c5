// What happens to drives under watch, in words (spec/cli.md, "watch").
import type { Named, VisitDocument, WatchEvent } from '../../sync/watch/events.js';
import { addedBy } from '../../sync/watch/place.js';
import type { Context } from '../command/context.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import { PASSPHRASE_FILE_VARIABLE } from '../terminal/passphrase.js';
import { attachmentsOf, formatSize, plural } from '../terminal/size.js';
import { writeText } from '../terminal/write-text.js';
import { NO_MESSAGES } from './export-words.js';
import { noteRenewed } from './renewed.js';

/** Tells of an event: as one JSON document, or in words; failures go to standard error. */
export function tellEvent(context: Context, event: WatchEvent): void {
  if (context.json) context.printJson(event);
  else tell(context, event);
  context.stdout.flush();
  context.stderr.flush();
}

type Teller<T extends WatchEvent['type']> = (context: Context, event: Extract<WatchEvent, { type: T }>) => void;

const TELLERS: { readonly [T in WatchEvent['type']]: Teller<T> } = {
  watching: (context, event) => context.note(`waiting for drives${placesOf(event)}; Ctrl-C ends it`),
  waiting: tellWaiting,
  found: (context, event) => context.print(`${nameOf(event)} at ${escapeLine(event.directory)}`),
  visiting: (context, event) => context.print(`${nameOf(event)} is in use, do not remove it`),
  visited: (context, event) => tellVisited(context, event, event.visit),
  unapproved: tellUnapproved,
  locked: tellLocked,
  gone: (context, event) => context.print(`${nameOf(event)} is gone${event.interrupted ? IN_THE_MIDDLE : ''}`),
  failed: (context, event) => tellFailure(context, event.label ?? event.directory, event),
  'hook-failed': (context, event) => tellFailure(context, undefined, event),
  stopped: () => {},
};

const IN_THE_MIDDLE = ' in the middle of a visit; the next one goes on';

function tell(context: Context, event: WatchEvent): void {
  (TELLERS[event.type] as (context: Context, event: WatchEvent) => void)(context, event);
}

function placesOf({ directories, mounts }: Extract<WatchEvent, { type: 'watching' }>): string {
  const shown = directories.map(escapeLine).join(', ');
  if (!mounts) return ` in ${shown}`;
  return directories.length > 0 ? `, also in ${shown}` : '';
}

function nameOf({ label }: Named): string {
  return `"${escapeLine(label)}"`;
}

function tellWaiting(context: Context, { directory, reason }: Extract<WatchEvent, { type: 'waiting' }>): void {
  if (reason === 'absent') {
    context.note(`${escapeLine(directory)} is not there yet`);
    return;
  }
  const command = nextCommand(context.directory, `drive init ${quoteWord(directory)}`, context.env);
  context.note(`${escapeLine(directory)} is no satchel drive; to make it one: ${command}`);
}

function tellVisited(context: Context, drive: Named, visit: VisitDocument): void {
  for (const { file, error } of visit.bundles) if (error) tellFailure(context, file, error);
  for (const { name } of visit.strangers) tellStranger(context, name);
  noteRenewed(context, visit.renewed === true);
  const did = [...broughtBy(visit), ...changedBy(visit)];
  const safe = context.style.green('safe to remove');
  context.print(`${nameOf(drive)}: ${did.length > 0 ? did.join(', ') : 'nothing new'}; ${safe}`);
}

function broughtBy({ bundles, blobs, new: fresh }: VisitDocument): string[] {
  const messages = bundles.reduce((sum, bundle) => sum + bundle.messages, 0);
  const attached = blobs?.bytes ? [attachmentsOf(blobs.bytes)] : [];
  if (messages > 0) return [plural(messages, 'new message'), ...attached];
  return fresh > 0 ? [NO_MESSAGES, ...attached] : attached;
}

function changedBy(visit: VisitDocument): string[] {
  const { removed, unfinished } = visit;
  const parts = addedBy(visit).flatMap(contentOf);
  if (removed.length > 0) parts.push(`${plural(removed.length, 'bundle')} tidied away`);
  if (unfinished) parts.push('to be continued');
  return parts;
}

function contentOf({ messages, entries, bytes, blobs, blobsLeft }: NonNullable<VisitDocument['export']>): string[] {
  const parts: string[] = [];
  if (messages > 0) parts.push(`${plural(messages, 'message')} added (${formatSize(bytes)})`);
  else if (entries > 0) parts.push('acknowledgements added');
  if (blobs?.bytes) parts.push(`${attachmentsOf(blobs.bytes)} added`);
  if (blobsLeft?.bytes) parts.push(`${attachmentsOf(blobsLeft.bytes)} wait for room`);
  return parts;
}

function tellUnapproved(context: Context, drive: Named): void {
  const command = nextCommand(context.directory, `sync ${quoteWord(drive.directory)}`, context.env);
  context.note(`nothing is written to ${nameOf(drive)}, which you never approved; to approve it: ${command}`);
}

function tellLocked(context: Context, drive: Extract<WatchEvent, { type: 'locked' }>): void {
  const files = plural(drive.files, 'sealed file');
  context.note(`${files} on ${nameOf(drive)} left: the secret keys are under a passphrase, and nobody can be asked`);
  context.note(`put the passphrase into a file, name it in ${PASSPHRASE_FILE_VARIABLE}, and start this again`);
}

function tellStranger(context: Context, name: string): void {
  const command = nextCommand(context.directory, `contact add ${quoteWord(name)}`, context.env);
  context.note(`~${escapeLine(name)} has a card there; to accept it: ${command}`);
}

function tellFailure(
  context: Context,
  where: string | undefined,
  { message, hint }: { readonly message: string; readonly hint?: string | undefined },
): void {
  const said = where === undefined || message.includes(where) ? message : `${where}: ${message}`;
  writeText(context.stderr, `satchel: error: ${escapeLine(said)}\n`);
  if (hint !== undefined) writeText(context.stderr, `satchel: hint: ${escapeLine(hint)}\n`);
}
