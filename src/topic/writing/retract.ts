// Taking back a message: its own log asks every copy to drop the payload, or a later one that continues it does
// (spec/message.md, "Retraction").
import { SatchelError } from '../../format/error.js';
import { type LogId, shortId } from '../../format/ids.js';
import type { EndedRange } from '../../format/log/meta.js';
import { doesContinue, heldIntroductions } from '../../repository/index/continuation.js';
import type { Repository } from '../../repository/repository.js';
import { type Dep, RETRACT } from '../message/message.js';
import { openLinks } from '../reading/links.js';
import { openPlaces } from '../reading/places.js';
import { openRetractions } from '../reading/retracted.js';
import type { Target } from '../reading/target.js';
import { type Author, activeLog, olderLog, type TopicPlace } from './own-log.js';
import { type Draft, type PostReport, postLocked } from './post.js';
import { type Checked, checkNotes } from './renew.js';
import { retractionsOf } from './write-again.js';

/**
 * Appends the retraction of an own message, in all the places that are known of it; durable when it returns.
 * @throws SatchelError `refused` when no place of it can be taken back from here, and as `post`
 */
export function retract(repository: Repository, author: Author, target: Target, label: string): Promise<PostReport> {
  return repository.lockedAsync(async () => {
    const checked = await checkNotes(repository, author);
    const takeBack = (places: readonly Dep[]): Draft[] => [
      ...inWrittenLogs(repository, checked.author, places),
      ...inOlder(repository, checked.author, places),
    ];
    const drafts = takeBack(placesOf(repository, target));
    if (drafts.length === 0) throw notOurs(target);
    // its edits are not shown without it, and their texts are to go too
    for (const edit of editsOf(repository, target)) drafts.push(...takeBack(placesOf(repository, edit)));
    return postEach(repository, checked, { topic: target.topic, label }, drafts);
  });
}

/** One commit for each: they may have to stand in different logs. */
async function postEach(repository: Repository, checked: Checked, place: TopicPlace, drafts: readonly Draft[]) {
  let done: PostReport = { posted: [], ...checked };
  for (const draft of drafts) {
    const { posted, author, renewed } = await postLocked(repository, done.author, place, [draft]);
    done = { posted: [...done.posted, ...posted], author, renewed: done.renewed || renewed };
  }
  return done;
}

/** By the logs themselves, where they are written here. */
function inWrittenLogs(repository: Repository, author: Author, places: readonly Dep[]): Draft[] {
  const written = places.filter(({ log }) => isWritten(repository, author, log));
  return written.map(({ log, seq }) => ({
    type: RETRACT,
    log,
    meta: { housekeeping: true, retracts: [{ from: seq, end: seq + 1 }] },
  }));
}

/** By the log that is written now, where that continues them. */
function inOlder(repository: Repository, author: Author, places: readonly Dep[]): Draft[] {
  const older = new Map<LogId, EndedRange[]>();
  for (const { log, seq, id } of places) {
    if (isWritten(repository, author, log) || !isOlder(repository, author, log)) continue;
    older.set(log, [...(older.get(log) ?? []), { from: seq, end: seq + 1, id }]);
  }
  return [...older].flatMap(([log, ranges]) => retractionsOf(log, ranges));
}

function isWritten(repository: Repository, { secrets }: Author, log: LogId): boolean {
  return secrets.logs.has(log) && !repository.frozen.has(log);
}

/** Where the message stands, its original first, and is not taken back yet. */
function placesOf(repository: Repository, target: Pick<Target, 'topic' | 'log' | 'seq' | 'id'>): Dep[] {
  const retractions = openRetractions(repository);
  const placed = openPlaces(repository, target.topic).of(target);
  const { log, seq, id } = target;
  const all: Dep[] = placed ? [placed.original, ...placed.places] : [{ log, seq, id }];
  const byName = new Map(all.map((place) => [`${place.log}:${place.seq}`, place]));
  return [...byName.values()].filter((place) => !retractions.names(place));
}

function editsOf(repository: Repository, { topic, ...place }: Target): Pick<Target, 'topic' | 'log' | 'seq' | 'id'>[] {
  const about = openLinks(repository, topic, openPlaces(repository, topic)).about(place);
  return about.filter(({ kind }) => kind === 'edit').map(({ log, seq, id }) => ({ topic, log, seq, id }));
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
