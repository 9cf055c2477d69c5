// What is known of a drive without visiting it (spec/cli.md, "drive status").

import type { Digest, LogId, PersonId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { Card } from '../../identity/card.js';
import { parseCards } from '../../identity/card-text.js';
import { subtractRanges } from '../../repository/index/held.js';
import { countMessages, pendingOf, waitingOf } from '../export/pending.js';
import type { PendingLog } from '../export/pending-log.js';
import { chosenLogs } from '../export/plan.js';
import { readAcquaintances } from '../known/acquaintances.js';
import { audienceOf, isAbout } from '../known/audience.js';
import { knowledgeOf } from '../known/knowledge.js';
import { lastHeard } from '../known/last-heard.js';
import { isUrl } from '../medium/url.js';
import type { Session } from '../session.js';
import { approvalOf } from './approval.js';
import { isTopicChoice, travellingTopics } from './choices.js';
import { type Drive, isOpenFor } from './drive.js';
import { verifiedBundles } from './holdings.js';
import type { KnownDrive } from './known.js';
import { bundleNames, look } from './look.js';
import { LyingFor } from './lying-for.js';
import type { SeenFile } from './memory.js';
import { cardNamesOf, onePerPerson, readPeople } from './people.js';
import { saidThere } from './said-there.js';
import { servedBy } from './served.js';
import { freeSpace } from './space.js';
import { maySettle, type Removable, removableBundles } from './tidy.js';
import { type Unserved, unservedBySealing } from './unserved.js';

/** A drive as it is, or as it was at the last visit. */
export interface DriveStatus {
  readonly known: KnownDrive;
  readonly files: readonly FileStatus[];
  /** Bytes that a new bundle may take; undefined when the drive is not there, or does not tell. */
  readonly free: number | undefined;
  /** What is added to it is sealed. */
  readonly isSealed: boolean;
  readonly topics: readonly TopicId[];
  /** The topics were chosen for this drive. */
  readonly isChosen: boolean;
  /** The user lets it be written to. */
  readonly isApproved: boolean;
  readonly people: readonly PersonStatus[];
  readonly removable: readonly Removable[];
}

/** A bundle on it. */
export interface FileStatus extends SeenFile {
  readonly name: string;
  /** It was not looked into yet. */
  readonly isNew: boolean;
}

/** A listed person. Counts are messages. */
export interface PersonStatus {
  readonly card: Card;
  readonly isSelf: boolean;
  /** When it made the newest bundle that it left here, on its own clock, ms. */
  readonly left: number | undefined;
  readonly lastHeard: number | undefined;
  /** Not waited for, since nothing was heard of it for long. */
  readonly isSilent: boolean;
  /** On the drive, and not known to have been taken by it. */
  readonly waiting: number;
  /** What the next visit would add for it. */
  readonly lacking: number;
  /** Why nothing is added for it, where what is added is sealed. */
  readonly unserved: Unserved | undefined;
}

/** How the user lets drives be visited. */
interface StatusOptions {
  readonly silentDays: number;
  /** What is added is sealed, but on a drive that was made open. */
  readonly seals: boolean;
}

/** What is known of a drive. @throws SatchelError `io` */
export function driveStatus(session: Session, known: KnownDrive, { silentDays, seals }: StatusOptions): DriveStatus {
  const { repository } = session;
  const files = filesOn(known, repository.world.now());
  const cards = known.drive
    ? onePerPerson(readPeople(known.drive, cardNamesOf(session)))
    : rememberedPeople(session, known);
  const bundles = verifiedBundles(repository, known.id, Object.fromEntries(files.map((file) => [file.name, file])));
  const topics = travellingTopics(session, known.id);
  const approval = approvalOf(session, known.id);
  const { isOwn = cards.every(({ person }) => person === session.self.person) } = approval;
  const served = servedBy(session, cards, { seen: known.memory, silentDays, isOwn, topics });
  const counts = countsFor(session, new LyingFor(session, bundles), topics);
  const isSealed = seals && !isOpenFor(known.drive ?? {}, known.memory);
  const others = cards.filter(({ person }) => person !== session.self.person);
  const unserved = isSealed ? unservedBySealing(session, others) : new Map<PersonId, Unserved>();
  const meant = [served.recipients ?? [], ...served.strangers.map(({ recipients }) => recipients)].flat();
  const getsMore = new Set(meant.flatMap(({ person }) => (unserved.has(person) ? [] : person)));
  return {
    known,
    files,
    free: known.drive && freeSpace(known.drive.medium),
    isSealed,
    topics,
    isChosen: isTopicChoice(repository.directory, known.id),
    isApproved: approval.isApproved,
    people: cards.map((card) => ({
      ...{ card, isSelf: card.person === session.self.person, isSilent: served.silent.has(card.person) },
      ...{ left: known.memory?.visitors?.[card.device], lastHeard: lastHeard(session, card) },
      ...counts(card, getsMore.has(card.person)),
      unserved: unserved.get(card.person),
    })),
    removable: removableBundles(session, bundles, served, saidThere(repository, known.drive, bundles)).filter(
      (one) => !isUrl(known.directory) || maySettle(session, one),
    ),
  };
}

function filesOn({ drive, memory }: KnownDrive, now: number): FileStatus[] {
  const remembered = memory?.files ?? {};
  if (!drive) return Object.entries(remembered).map(([name, file]) => ({ ...file, name, isNew: isNew(file) }));
  return bundleNames(drive.medium, remembered).flatMap((name) => {
    const seen = look(drive.medium, name, remembered[name], now) ?? unopened(drive, name);
    return seen ? [{ ...seen, name, isNew: isNew(seen) }] : [];
  });
}

/** A file that is listed and was not fetched. */
function unopened({ medium }: Drive, name: string): SeenFile | undefined {
  const listed = medium.find(name);
  return listed && { size: Math.max(0, listed.size), mtime: listed.mtime, front: UNSEEN };
}

const UNSEEN = '' as Digest;

/** Verified or not, nothing was taken of it yet, and something may be. */
function isNew({ digest, tried, problem, left, wants }: SeenFile): boolean {
  return (problem ?? tried) === undefined && (digest === undefined || (left === true && wants === ''));
}

/** Cards of those who were listed at the last visit, as far as they are known. */
function rememberedPeople(session: Session, { memory }: KnownDrive): Card[] {
  const { contacts, self } = session;
  const texts = new Map<PersonId, string>([
    ...readAcquaintances(session.repository).map(({ person, card }) => [person, card] as const),
    ...[...contacts.values()].map(({ person, card }) => [person, card] as const),
    [self.person, self.card],
  ]);
  return Object.keys(memory?.listed ?? {}).flatMap((person) => {
    const text = texts.get(person as PersonId);
    return text === undefined ? [] : parseCards(Buffer.from(text));
  });
}

type Counts = Pick<PersonStatus, 'waiting' | 'lacking'>;

function countsFor(
  session: Session,
  lying: LyingFor,
  topics: readonly TopicId[],
): (card: Card, isServed: boolean) => Counts {
  const { repository, self } = session;
  return (card, isServed) => {
    if (card.person === self.person) return { waiting: 0, lacking: 0 };
    const knowledge = knowledgeOf(repository, card);
    const onDrive = lying.for(card).ranges;
    const audience = audienceOf(session, { to: [card], topics });
    const logs = chosenLogs(session, { topics: audience.topics });
    const isMeant = isAbout(repository, audience.isLimited ? audience.topics : undefined);
    const meant = [...onDrive].filter(([log]) => isMeant(log));
    const waiting = waitingOf(repository, meant, knowledge);
    const pending = isServed ? pendingOf(repository, logs, knowledge) : [];
    return {
      waiting: countMessages(repository, waiting),
      lacking: countMessages(
        repository,
        pending.map((one) => lessDrive(one, onDrive)),
      ),
    };
  };
}

function lessDrive({ log, ranges }: PendingLog, onDrive: ReadonlyMap<LogId, readonly Range[]>): PendingLog {
  return { log, ranges: subtractRanges(ranges, onDrive.get(log) ?? []) };
}
