// Streams, as commands use them (spec/cli.md, "Streams").
import { SatchelError } from '../../../format/error.js';
import type { PersonId } from '../../../format/ids.js';
import type { Repository } from '../../../repository/repository.js';
import type { Settled } from '../../../sync/import/settled.js';
import { openSession } from '../../../sync/session.js';
import { openCarrier } from '../../../sync/stream/carriers.js';
import { type Desk, openDesk } from '../../../sync/stream/desk.js';
import type { BytePipe } from '../../../sync/stream/pipe.js';
import { runStream } from '../../../sync/stream/stream.js';
import { OPENED_TIMES, type StreamOptions } from '../../../sync/stream/stream-options.js';
import { withSmallScheme } from '../../../sync/stream/stream-url.js';
import { TIMER_MAX_MS } from '../../../sync/watch/child.js';
import type { Context } from '../../command/context.js';
import { quotasOf } from '../../command/settings.js';
import type { Args } from '../../command/table/commands.js';
import type { Streamed } from '../../report/stream-report.js';
import { openAuthor } from '../conversation/author.js';
import { settleIfPossible } from '../topics/topic-keys.js';
import { recipientOf } from './recipient.js';

/** The repository, for streams. The keys are opened first: nobody waits at the other end while a passphrase is typed. */
export async function deskOf(context: Context): Promise<Desk> {
  await openAuthor(context);
  const quotas = quotasOf(await context.config());
  return openDesk(await context.repository(), { author: () => openAuthor(context), quotas });
}

/** Comes when the user interrupts it, or its time is up. */
export function untilEnd(context: Context, { maxDuration }: { readonly maxDuration: number | undefined }): AbortSignal {
  const { signal } = context.interruption();
  if (maxDuration === undefined) return signal;
  return AbortSignal.any([signal, AbortSignal.timeout(Math.min(maxDuration * 1_000, TIMER_MAX_MS))]);
}

/** Those who may be at the other end; undefined: every contact, and oneself. */
export type People = readonly PersonId[] | undefined;

/** One stream over a pipe, and what keys open that came with it. */
export async function streamOver(
  context: Context,
  desk: Desk,
  { place, pipe, people, ...options }: StreamPlace,
): Promise<Streamed> {
  const { repository } = desk;
  const before = repository.lastArrival;
  const report = await runStream(desk, pipe, { for: people, ...options });
  const settled = report.peer && (await desk.turn(() => settledAfter(context, repository, before)));
  return { place, report, failure: report.failure, session: openSession(repository), before, settled };
}

/** One stream, and who may be at its other end. */
interface StreamPlace extends Pick<StreamOptions, 'signal' | 'times'> {
  /** As it is called. */
  readonly place: string;
  readonly pipe: BytePipe;
  readonly people: People;
}

/** Takes in letters and keys. What another command keeps it from, the next import or stream does. */
export async function settledAfter(
  context: Context,
  repository: Repository,
  before: number,
): Promise<Settled | undefined> {
  try {
    repository.refresh();
    return await settleIfPossible(context, openSession(repository), before);
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'busy') return undefined;
    throw error;
  }
}

/** The stream of `sync` to a URL. */
export async function syncOver(context: Context, given: string, args: Args<'sync'>): Promise<Streamed> {
  const place = withSmallScheme(given);
  assertFits(args, place);
  const people = await peopleFor(context, args.for);
  const desk = await deskOf(context);
  const signal = untilEnd(context, args);
  try {
    const carrier = await openCarrier(place, { env: context.env, desk, people, signal });
    const streamed = await streamOver(context, desk, {
      place,
      pipe: carrier.pipe,
      people,
      signal,
      times: OPENED_TIMES,
    });
    const { failure, report } = streamed;
    const meant = failure && !report?.peer ? await carrier.explain(failure) : failure;
    await carrier.close();
    return { ...streamed, failure: meant };
  } catch (failure) {
    if (!(failure instanceof SatchelError)) throw failure;
    return notBegun(desk, place, failure);
  }
}

/** What is told of a stream that could not begin. */
export function notBegun(desk: Desk, place: string, failure: SatchelError): Streamed {
  const session = openSession(desk.repository);
  return { place, report: undefined, failure, session, before: desk.repository.lastArrival };
}

/** @throws SatchelError `usage` for options that are about drives */
function assertFits(args: Args<'sync'>, place: string): void {
  const given = ABOUT_DRIVES.find(([, name]) => isGiven(args[name]));
  if (!given) return;
  throw new SatchelError('usage', `${given[0]} is for drives, and ${place} is none`, {
    hint: 'leave it out: a stream goes both ways, and to whoever is there alone',
  });
}

const ABOUT_DRIVES = [
  ['--import-only', 'importOnly'],
  ['--export-only', 'exportOnly'],
  ['--one-way', 'oneWay'],
  ['--repeat-last', 'repeatLast'],
  ['--to', 'to'],
  ['--topic', 'topic'],
  ['--max-size', 'maxSize'],
  ['--seal', 'seal'],
  ['--open', 'open'],
  ['--uncompressed', 'uncompressed'],
  ['--max-age', 'maxAge'],
  ['--if-approved', 'ifApproved'],
  ['--dry-run', 'dryRun'],
] as const;

function isGiven(value: boolean | string | readonly string[] | undefined): boolean {
  return typeof value === 'object' ? value.length > 0 : value !== undefined && value !== false;
}

/** The people that --for names; undefined: everybody who is a contact. @throws SatchelError as `recipientOf` */
export async function peopleFor(context: Context, names: readonly string[]): Promise<People> {
  if (names.length === 0) return undefined;
  const session = openSession(await context.repository());
  return names.map((name) => recipientOf(context, session, name).person);
}
