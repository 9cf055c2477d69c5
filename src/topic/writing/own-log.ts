// The log that this device writes in a topic: found, or begun, because there is none or older ones were given up (spec/log.md,
// "Forks").
import { SatchelError } from '../../format/error.js';

import { type DeviceKey, type LogId, NO_ENTRY, type PersonId, type TopicId } from '../../format/ids.js';
import { type Continuation, encodeIntroduction } from '../../format/log/introduction.js';
import { type LogEnd, SegmentWriter } from '../../format/log/segment-writer.js';
import { sha256Latin1 } from '../../format/platform.js';
import { publicKeyOf } from '../../format/signature/signature.js';
import { seedOf } from '../../identity/key-halves.js';
import { withLogKey } from '../../identity/secrets.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Layout } from '../../repository/layout.js';
import { placementOf } from '../../repository/placement.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import { NO_CLOCK } from '../order/order.js';
import { clockOfLog } from '../order/people-clocks.js';
import type { LogSealing } from '../private/log-sealing.js';
import { viewTopic } from '../private/topic-view.js';
import type { Author } from './author-type.js';
import type { Veil } from './veil.js';

export type { Author } from './author-type.js';

/** A log of ours that can be appended to. */
export interface OwnLog {
  readonly end: LogEnd;
  readonly seed: Buffer;
  /** The clock that the next entry must be above, -1 when there is none. */
  readonly clock: number;
  /** Number of the commit that last brought some of it; 0 for a new one. */
  readonly arrival: number;
  /** For a new log: its introduction's payload, still to be written. */
  readonly introduction: Buffer | undefined;
  /** Seals what is written, in a private topic. */
  readonly sealing?: LogSealing | undefined;
}

/** The topic a log is to be in. */
export interface TopicPlace {
  readonly topic: TopicId;
  readonly label: string;
}

/** Which of the own logs in a topic is meant, where one lies so far ahead that it is left to what belongs there. */
export interface Lane {
  /** What is to be written belongs far ahead: it answers something there, or says so itself. */
  readonly isAhead: boolean;
  /** The very log that it has to be in, should that be settled. */
  readonly log?: LogId | undefined;
  /** Whether an own log is left to such entries. */
  isLeftAhead(log: LogSummary): boolean;
}

const ANY_LANE: Lane = { isAhead: false, isLeftAhead: () => false };

/** Own logs that were given up, or turned out to be written elsewhere too: never to be appended to again. */
export function readRetired(layout: Layout): ReadonlySet<LogId> {
  return new Set(readState(layout, 'retired'));
}

/** Retires own logs, durably. Only under the repository's lock. */
export function retireLogs(layout: Layout, logs: readonly LogId[]): void {
  const retired = readRetired(layout);
  const more = logs.filter((log) => !retired.has(log));
  if (more.length > 0) writeState(layout, 'retired', [...retired, ...more]);
}

/** Of these logs the one that the device writes now, as far as can be told without its keys. In one that ends nothing new counts. */
export function activeLog(
  repository: Repository,
  device: DeviceKey,
  logs: readonly LogSummary[],
  lane: Lane = ANY_LANE,
): LogSummary | undefined {
  const retired = readRetired(repository.layout);
  const isActive = (log: LogSummary): boolean =>
    !retired.has(log.log) && !repository.frozen.has(log.log) && !isEnded(repository, log);
  return latestIn(
    logs.filter((log) => log.device === device && isActive(log)),
    lane,
  );
}

/** Whether its person was taken out of a private topic after it was begun, or its device; it does not go on when they are back. */
function isEnded(repository: Repository, { log, topic, veiled }: LogSummary): boolean {
  const view = veiled && topic ? viewTopic(repository, topic) : undefined;
  return view !== undefined && view.endOf(log) !== Number.POSITIVE_INFINITY;
}

/**
 * The log to append to in a topic; when there is none, the key of a new one is made and stored.
 * @throws SatchelError `newer-version` when its introduction needs one
 */
export async function openOwnLog(
  repository: Repository,
  author: Author,
  place: TopicPlace,
  lane: Lane = ANY_LANE,
  veil?: Veil,
): Promise<{ own: OwnLog; author: Author }> {
  const logs = repository.logsOfPerson(author.self.person).filter((log) => log.topic === place.topic);
  // what was written in the clear in a private topic, by whatever mistake, is not gone on with
  const isSound = (log: LogSummary): boolean =>
    !veil || (log.veiled && (lane.log === log.log || veil.isWritable(log.log)));
  const held = logs.filter((log) => author.secrets.logs.has(log.log) && !repository.frozen.has(log.log));
  const usable = held.filter(isSound);
  const active = latestIn(usable, lane);
  const seed = active && seedOf(author.secrets, active.log);
  if (active) assertUnderstood(repository, active);
  if (active && seed) {
    const sealing = veil?.sealing(active.log);
    return { own: { ...ownEnd(repository, active), seed, introduction: undefined, sealing }, author };
  }
  const older = olderLog(repository, author, logs);
  const clock = older && !lane.isLeftAhead(older) ? clockOfLog(repository, older) : NO_CLOCK;
  return beginLog(repository, author, place, { older, clock, veil });
}

/** What a later version has begun it goes on with: who knows only half of what its introduction says might give something away. */
function assertUnderstood(repository: Repository, { log }: LogSummary): void {
  if (!placementOf(repository, log)?.newer) return;
  throw new SatchelError('newer-version', 'your log in this topic was begun by a newer version of satchel', {
    hint: 'update satchel to post in it',
  });
}

/**
 * Of a person's logs in a topic the one that a log which is begun now continues: the last that was written here, and not by
 * a clone, as far as that is known.
 */
export function olderLog(
  repository: Repository,
  { self, secrets }: Pick<Author, 'self' | 'secrets'>,
  logs: readonly LogSummary[],
): LogSummary | undefined {
  const retired = readRetired(repository.layout);
  const ofDevice = logs.filter(({ device }) => device === self.device);
  return latest(ofDevice.filter(({ log }) => retired.has(log) || secrets.logs.has(log))) ?? latest(ofDevice);
}

/** Writes entries behind the end of an own log; a new one begins with its introduction, alone in its segment. */
export function startWriting(own: OwnLog, emit: ConstructorParameters<typeof SegmentWriter>[2]): SegmentWriter {
  const writer = new SegmentWriter(own.end, own.seed, emit);
  if (own.introduction) {
    const payload = own.introduction;
    writer.add({ meta: Buffer.alloc(0), payload, payloadLength: payload.length, payloadHash: sha256Latin1(payload) });
    writer.flush();
  }
  return writer;
}

async function beginLog(
  repository: Repository,
  author: Author,
  place: TopicPlace,
  { older, clock, veil }: { older: LogSummary | undefined; clock: number; veil: Veil | undefined },
): Promise<{ own: OwnLog; author: Author }> {
  const seed = repository.world.random(32);
  const log = publicKeyOf(seed).toString('hex') as LogId;
  const secrets = await author.save((old) => withLogKey(old, log, seed));
  // of a log of which nothing is left there is nothing to point at
  const isLeft = older !== undefined && older.end > 0;
  const after: Continuation | undefined = isLeft ? { log: older.log, length: older.end, id: older.id } : undefined;
  const sealing = veil?.sealing(log);
  const fields = { person: author.self.person, card: author.card, after };
  const introduction =
    veil && sealing ? veil.introduction(sealing, log, fields) : introductionOf(author, log, place, after);
  // the index takes in no introduction unverified, not even our own
  const own = {
    end: { log, length: 0, id: NO_ENTRY },
    seed,
    clock,
    arrival: 0,
    introduction,
    sealing,
  };
  return { own, author: { ...author, secrets } };
}

function introductionOf(author: Author, log: LogId, place: TopicPlace, after: Continuation | undefined): Buffer {
  const person: PersonId = author.self.person;
  return encodeIntroduction(log, { ...place, person, card: author.card, after }, author.secrets.device);
}

function ownEnd(repository: Repository, log: LogSummary): Pick<OwnLog, 'end' | 'clock' | 'arrival'> {
  const end = { log: log.log, length: log.end, id: log.id };
  return { end, clock: clockOfLog(repository, log), arrival: log.arrival };
}

/** What belongs far ahead goes on in the log that is there already, so that no more than one is ever left there. */
function latestIn(logs: readonly LogSummary[], { isAhead, isLeftAhead, log: wanted }: Lane): LogSummary | undefined {
  if (wanted !== undefined) return logs.find(({ log }) => log === wanted);
  const inPlace = logs.filter((log) => !isLeftAhead(log));
  return (isAhead ? latest(logs.filter((log) => isLeftAhead(log))) : undefined) ?? latest(inPlace);
}

function latest(logs: readonly LogSummary[]): LogSummary | undefined {
  return logs.reduce<LogSummary | undefined>(
    (best, log) => (best && best.arrival >= log.arrival ? best : log),
    undefined,
  );
}
