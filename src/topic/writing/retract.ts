// Taking back a message: its own log asks every copy to drop the payload, or a later one that continues it does
// (spec/message.md, "Retraction").
import { SatchelError } from '../../format/error.js';
import { type EntryId, type LogId, shortId, type TopicId } from '../../format/ids.js';
import type { EndedRange, Range } from '../../format/log/meta.js';
import { doesContinue, heldIntroductions } from '../../repository/index/continuation.js';
import { unionRanges } from '../../repository/index/held.js';
import type { Repository } from '../../repository/repository.js';
import { type Dep, RETRACT } from '../message/message.js';
import { openLinks } from '../reading/links.js';
import { openPlaces, type Places } from '../reading/places.js';
import { openRetractions } from '../reading/retracted.js';
import type { Target } from '../reading/target.js';
import { type Author, activeLog, olderLog, type TopicPlace } from './own-log.js';
import { type Draft, type PostReport, postLocked } from './post.js';
import { type Checked, checkNotes } from './renew.js';
import { rangesByEntry, retractionsOf } from './write-again.js';

/** A place. */
type Named = Pick<Dep, 'log' | 'seq' | 'id'>;

/**
 * Appends the retraction of an own message, in all the places that are known of it; durable when it returns.
 * @throws SatchelError `refused` when no place of it can be taken back from here, and as `post`
 */
export function retract(repository: Repository, author: Author, target: Target, label: string): Promise<PostReport> {
  return repository.lockedAsync(async () => {
    const checked = await checkNotes(repository, author);
    const { retracted, drafts } = takenBack(repository, checked.author, target.topic, [target]);
    if (retracted.size === 0) throw notOurs(target);
    return postByLog(repository, checked, { topic: target.topic, label }, drafts);
  });
}

/**
 * The same for many messages of one topic, as one commit for each log that has to say it. Which were: one that no log here can take
 * back stays as it is, and so does one that goes with another of them.
 * @throws SatchelError as `post`
 */
export function retractAll(
  repository: Repository,
  author: Author,
  targets: readonly Target[],
  place: TopicPlace,
): Promise<ReadonlySet<EntryId>> {
  return repository.lockedAsync(async () => {
    const checked = await checkNotes(repository, author);
    const { retracted, drafts } = takenBack(repository, checked.author, place.topic, targets);
    await postByLog(repository, checked, place, drafts);
    return retracted;
  });
}

/** What has to be said so that these messages of a topic are taken back, and the ids of those that it takes back. */
function takenBack(repository: Repository, author: Author, topic: TopicId, targets: readonly Named[]) {
  const placed = openPlaces(repository, topic);
  const links = openLinks(repository, topic, placed);
  const retractions = openRetractions(repository);
  const open = (target: Named): Named[] =>
    placesOf(placed, target).filter((place) => !retractions.names(place) && !taken.has(nameOf(place)));
  const waysOf = new Map<LogId, 'written' | 'older' | undefined>();
  const wayOf = (log: LogId): 'written' | 'older' | undefined => {
    if (!waysOf.has(log)) waysOf.set(log, wayFor(repository, author, log));
    return waysOf.get(log);
  };
  const taken = new Map<string, Named>();
  const retracted = new Set<EntryId>();
  for (const target of targets) {
    const own = open(target).filter(({ log }) => wayOf(log));
    if (own.length > 0) retracted.add(target.id);
    // its edits are not shown without it, and their texts are to go too
    const edits = own.length > 0 ? links.about(target).filter(({ kind }) => kind === 'edit') : [];
    for (const place of [...own, ...edits.flatMap(open)]) if (wayOf(place.log)) taken.set(nameOf(place), place);
  }
  const all = [...taken.values()];
  const drafts = [
    ...inWrittenLogs(all.filter(({ log }) => wayOf(log) === 'written')),
    ...inOlder(all.filter(({ log }) => wayOf(log) === 'older')),
  ];
  return { retracted, drafts };
}

/** One commit for each log that they have to stand in. */
async function postByLog(repository: Repository, checked: Checked, place: TopicPlace, drafts: readonly Draft[]) {
  const byLog = new Map<LogId | undefined, Draft[]>();
  for (const draft of drafts) byLog.set(draft.log, [...(byLog.get(draft.log) ?? []), draft]);
  let done: PostReport = { posted: [], ...checked };
  for (const some of byLog.values()) {
    const { posted, author, renewed } = await postLocked(repository, done.author, place, some);
    done = { posted: [...done.posted, ...posted], author, renewed: done.renewed || renewed };
  }
  return done;
}

/** By the logs themselves, where they are written here. */
function inWrittenLogs(places: readonly Named[]): Draft[] {
  const byLog = new Map<LogId, Range[]>();
  for (const { log, seq } of places) byLog.set(log, [...(byLog.get(log) ?? []), { from: seq, end: seq + 1 }]);
  return [...byLog].flatMap(([log, ranges]) =>
    rangesByEntry(unionRanges(ranges)).map((some) => ({
      type: RETRACT,
      log,
      meta: { housekeeping: true, retracts: some },
    })),
  );
}

/** By the log that is written now, which continues them. */
function inOlder(places: readonly Named[]): Draft[] {
  const older = new Map<LogId, EndedRange[]>();
  for (const { log, seq, id } of places) older.set(log, [...(older.get(log) ?? []), { from: seq, end: seq + 1, id }]);
  return [...older].flatMap(([log, ranges]) => retractionsOf(log, ranges));
}

/** How something in a log can be taken back here, if it can. */
function wayFor(repository: Repository, author: Author, log: LogId): 'written' | 'older' | undefined {
  if (author.secrets.logs.has(log) && !repository.frozen.has(log)) return 'written';
  return isOlder(repository, author, log) ? 'older' : undefined;
}

/** Where the message stands, its original first. */
function placesOf(placed: Places, target: Named): Named[] {
  const { log, seq, id } = target;
  const found = placed.of(target);
  const all = found ? [found.original, ...found.places] : [{ log, seq, id }];
  return [...new Map(all.map((place) => [nameOf(place), place])).values()];
}

function nameOf({ log, seq }: Named): string {
  return `${log}:${seq}`;
}

/** Whether the log that is written now, or the one that would be begun, continues another. */
function isOlder(repository: Repository, author: Author, log: LogId): boolean {
  const { topic } = repository.log(log) ?? {};
  const own = repository.logsOfPerson(author.self.person).filter((one) => one.topic === topic);
  const written = own.filter((one) => author.secrets.logs.has(one.log));
  const present = activeLog(repository, author.self.device, written)?.log;
  const last = present ?? olderLog(repository, author, own)?.log;
  if (last === undefined) return false;
  return (last === log && present === undefined) || doesContinue(heldIntroductions(repository), last, log);
}

function notOurs({ id }: Target): SatchelError {
  return new SatchelError('refused', `message ${shortId(id)} is in a log that yours does not continue`, {
    hint: 'another device of yours began it: "satchel show" names it; retract it there, or hide it here with "satchel hide"',
  });
}
