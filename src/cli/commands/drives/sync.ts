// satchel sync: one visit to each drive (spec/cli.md, "sync"; spec/drive.md, "A visit").
import { type ErrorCode, EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import type { Layout } from '../../../repository/layout.js';
import { isAbsent } from '../../../sync/drive/failure.js';
import { visitDrive } from '../../../sync/drive/visit.js';
import type { AuthorSource, VisitOptions } from '../../../sync/drive/visit-options.js';
import type { VisitReport } from '../../../sync/drive/visit-report.js';
import type { Decide } from '../../../sync/import/decide.js';
import { tidyIfDue } from '../../../sync/maintain.js';
import { isUrl } from '../../../sync/medium/url.js';
import { openSession, type Session } from '../../../sync/session.js';
import { isStreamUrl, OWN_PIPE } from '../../../sync/stream/stream-url.js';
import { besideOutput, type Context } from '../../command/context.js';
import { describeFailure } from '../../command/errors.js';
import { type Config, quotasOf } from '../../command/settings.js';
import type { Args } from '../../command/table/commands.js';
import { warnOfClock } from '../../report/clock-warning.js';
import { broughtOver, exitOfStream, type Streamed, streamJson, tellStream } from '../../report/stream-report.js';
import { exitOfVisits, type FarVisit, failureOf, type Visited, visitsJson } from '../../report/visit-json.js';
import { tellVisit } from '../../report/visit-report.js';
import { escapeLine } from '../../terminal/escape.js';
import { openTransfer, type Transfer } from '../../terminal/transfer.js';
import { writeText } from '../../terminal/write-text.js';
import { openAuthor } from '../conversation/author.js';
import { fileKeysFor } from '../exchange/file-keys.js';
import { settleIfPossible } from '../topics/topic-keys.js';
import { afterImport } from './drive-hooks.js';
import { type Due, dueOf, overdue, placesNamed } from './places.js';
import { visitAtUrl } from './store.js';
import { spanOf, visitOptions } from './visit-options.js';

/** These concern the repository: no other drive would fare better. */
const FATAL: readonly ErrorCode[] = [
  ...(['busy', 'damaged', 'internal', 'no-repository', 'no-identity'] as const),
  ...(['locked', 'wrong-passphrase'] as const),
];

/** A file is copied, verified and stored. */
const READ_PASSES = 5;
/** What is written to a drive is read back. */
const WRITE_PASSES = 2;

/** Visits them one after the other; one that fails does not stop the others. */
export async function run(given: Context, args: Args<'sync'>): Promise<number> {
  const context = args.dirs.includes(OWN_PIPE) ? besideOutput(given) : given;
  assertPlaces(args, given);
  if (isTalk(context, args)) await (await import('./begin-here.js')).offerRepository(context);
  const repository = await context.repository();
  const config = await context.config();
  const options = await visitOptions(context, openSession(repository), config, args);
  const maxAgeMs = args.maxAge === undefined ? undefined : spanOf('--max-age', args.maxAge);
  const places = await placesToVisit(repository.layout, args);
  const visits: Visited[] = [];
  const streams: Streamed[] = [];
  for (const directory of places) {
    if (isStreamUrl(directory)) {
      const { syncOver } = await import('../exchange/over-stream.js');
      const streamed = await syncOver(context, directory, args);
      if (streamed.failure && args.ifPresent && isAbsent(streamed.failure)) continue;
      streams.push(streamed);
      tellStream(context, streamed);
      if (FATAL.includes(streamed.failure?.code ?? 'io')) break;
      continue;
    }
    if (isTalk(context, args)) await (await import('./begin-here.js')).offerDrive(context, directory);
    const visit = await visitOne(context, config, directory, {
      ...options,
      isTalk: isTalk(context, args),
    });
    if ('error' in visit && args.ifPresent && isAbsent(visit.error)) continue;
    visits.push(visit);
    tellVisit(context, visit, args.dryRun);
    if (FATAL.includes(failureOf(visit)?.code ?? 'io')) break;
  }
  const late =
    maxAgeMs === undefined
      ? []
      : tellLate(context, { due: await dueOf(repository.layout, args.dirs, places), visits, maxAgeMs });
  if (context.json) context.printJson({ ...visitsJson(visits, args.dryRun, late), streams: streams.map(streamJson) });
  if (!args.dryRun) await warnOfClock(context, openSession(repository));
  if (!args.dryRun) await afterImport(context, broughtBy(visits, streams));
  if (config['gc.auto'] && !args.dryRun) await tidyIfDue(openSession(repository));
  const exit = exitOfAll(visits, streams);
  return exit === 0 ? (late[0]?.exit ?? 0) : exit;
}

/** @throws SatchelError `usage` for a pipe of our own among others, and where nobody is named who could be spoken to */
function assertPlaces({ dirs, for: people }: Args<'sync'>, { json }: Context): void {
  if (dirs.includes(OWN_PIPE) && (dirs.length > 1 || json))
    throw new SatchelError('usage', 'with "-" standard output is the other side’s', {
      hint: 'name nothing beside it, and leave --json out; a directory of that name is ./-',
    });
  if (people.length === 0 || (dirs.length > 0 && dirs.every(isStreamUrl))) return;
  throw new SatchelError('usage', '--for is for streams: it says who may be at the other end', {
    hint: 'for drives it is --to',
  });
}

/** What is not there is passed over with `--if-present`, also when nothing is. */
async function placesToVisit(layout: Layout, { dirs, ifPresent, ifApproved }: Args<'sync'>): Promise<string[]> {
  try {
    return await placesNamed(layout, dirs);
  } catch (error) {
    if (error instanceof SatchelError && isAbsent(error) && (ifPresent || ifApproved)) return [];
    throw error;
  }
}

/** Drives without a visit for too long, this one counted; told also with `--quiet`: somebody has to look. */
function tellLate(
  context: Context,
  { due, visits, maxAgeMs }: { due: readonly Due[]; visits: readonly Visited[]; maxAgeMs: number },
): SatchelError[] {
  const visited = new Set(visits.filter((visit) => !failureOf(visit)).map(({ directory }) => directory));
  const late = due.flatMap((one) =>
    one.place !== undefined && visited.has(one.place) ? [] : (overdue(context, one, maxAgeMs) ?? []),
  );
  context.stdout.flush();
  for (const error of late) writeText(context.stderr, describeFailure(error, { json: context.json }).text);
  return late;
}

/** Whether things are asked on the way: not by what runs by itself, or changes nothing. */
function isTalk(context: Context, { dryRun, ifPresent, ifApproved, oneWay }: Args<'sync'>): boolean {
  return context.canTalk() && !dryRun && !ifPresent && !ifApproved && !oneWay;
}

/** What all failed of, if it is the same; 3 when only some did, or something was left. */
function exitOfAll(visits: readonly Visited[], streams: readonly Streamed[]): number {
  const exits = [...(visits.length > 0 ? [exitOfVisits(visits)] : []), ...streams.map(exitOfStream)];
  const [first = 0] = exits;
  return exits.every((exit) => exit === first) ? first : EXIT_OF_CODE.refused;
}

function broughtBy(visits: readonly Visited[], streams: readonly Streamed[]) {
  const files = visits.flatMap((visit) => ('report' in visit ? visit.report.scanned : []));
  const over = broughtOver(streams);
  return {
    entries: files.map(({ report }) => report?.fresh ?? 0).reduce(sum, over.entries),
    messages: files.map(({ messages }) => messages).reduce(sum, over.messages),
  };
}

function sum(a: number, b: number): number {
  return a + b;
}

async function visitOne(
  context: Context,
  config: Config,
  directory: string,
  { isTalk: mayAsk, ...options }: VisitOptions & { readonly isTalk: boolean },
): Promise<Visited> {
  const repository = await context.repository();
  const session = { ...openSession(repository), quotas: quotasOf(config) };
  const before = repository.lastArrival;
  const keys = fileKeysFor(context);
  const transfer = openTransfer(context);
  try {
    const saysOpen = options.saysOpen || (mayAsk && (await goesByMarker(context, session, directory, options)));
    const { begin, writing } = toldBy(transfer, directory);
    const decide = mayAsk ? await deciderOf(context, transfer, before) : undefined;
    const settle = (now: Session, since: number) => settleIfPossible(context, now, since);
    const how = { ...options, saysOpen, keys, settle, begin, writing, decide };
    const visit = await visitPlace(context, session, directory, how);
    return { directory, ...visit, session: openSession(repository), before };
  } catch (error) {
    if (error instanceof SatchelError) return { directory, error };
    throw error;
  } finally {
    transfer.end();
  }
}

/** What the visit does, on the line of the transfer. What is far away is fetched, and cannot be pulled out. */
function toldBy(transfer: Transfer, directory: string): Pick<VisitOptions, 'begin' | 'writing'> {
  const place = escapeLine(directory);
  const isFar = isUrl(directory);
  return {
    begin: (name, bytes) =>
      transfer.begin(`reading from ${place}: ${escapeLine(name)}`, { bytes, passes: isFar ? 1 : READ_PASSES }),
    writing: (bytes) => {
      const what = isFar ? `writing to ${place}` : `writing, do not pull it out: ${place}`;
      const amount = isFar ? { passes: 1 } : { passes: WRITE_PASSES, below: directory };
      transfer.begin(what, { bytes, ...amount, isUrgent: true });
    },
  };
}

/** Asked only where the answer matters. */
async function goesByMarker(
  context: Context,
  session: Session,
  directory: string,
  { seal, importOnly }: VisitOptions,
): Promise<boolean> {
  if (seal !== 'unless-open' || importOnly || isUrl(directory)) return false;
  return (await import('./begin-here.js')).agreesToOpen(context, session, directory);
}

async function deciderOf(context: Context, transfer: Transfer, before: number): Promise<Decide> {
  const { openDecider } = await import('../identity/meet.js');
  const decide = openDecider(context, before);
  return (undecided) => {
    transfer.clear();
    return decide(undecided);
  };
}

async function visitPlace(
  context: Context,
  session: Session,
  place: string,
  options: VisitOptions,
): Promise<{ readonly report: VisitReport; readonly far?: FarVisit }> {
  const author: AuthorSource = () => openAuthor(context);
  if (!isUrl(place)) return { report: await visitDrive(session, author, place, options) };
  const { report, ...far } = await visitAtUrl(context, session, place, { ...options, author });
  return { report, far };
}
