// What a bundle says of what is held and lacked here, by what it is about: all that is not veiled, one private topic, or veiled
// logs that are not placed. An open bundle is silent on what is veiled, so what was said of each is noted for itself
// (spec/bundle.md, "Coming to rest").
import { type LogId, shortId } from '../../format/ids.js';
import { isVeiledLog, type LogSummary } from '../../repository/index/summary.js';
import type { WantedBlob } from '../blobs/wanted.js';
import { passedOnTopics, type Session } from '../session.js';
import { unacknowledged } from './acknowledge.js';

/** What a log belongs to here: nothing for all that is not veiled. */
export type Subject = string;

const CLEAR: Subject = '';
const UNPLACED: Subject = ' veiled';

/** What there is to be said of one subject. */
export interface Sayable {
  /** Messages of which our frontier alone tells others that they are here. */
  readonly messages: number;
  /** What we lack of attachments, with the references to it that belong here. */
  readonly wanted: readonly WantedBlob[];
}

/** The subjects of a bundle that may speak of these logs and nothing else, with what there is to be said of each. */
export function sayable(
  session: Session,
  wanted: readonly WantedBlob[],
  isTold: (log: LogId) => boolean,
): ReadonlyMap<Subject, Sayable> {
  const { repository } = session;
  const passedOn = passedOnTopics(session).flatMap((topic) => repository.logsOfTopic(topic));
  const veiled = [...passedOn, ...repository.unplacedLogs()].filter((log) => isVeiledLog(log) && isTold(log.log));
  const counts = new Map<Subject, number>([CLEAR, ...veiled.map(subjectOf)].map((subject) => [subject, 0]));
  for (const log of unacknowledged(session)) {
    if (!isTold(log.log)) continue;
    const subject = subjectOf(log);
    counts.set(subject, (counts.get(subject) ?? 0) + log.messages);
  }
  const all = [...counts].map(([subject, messages]) => {
    return [subject, { messages, wanted: wantedBy(session, wanted, subject) }] as const;
  });
  return new Map(all);
}

function wantedBy({ repository }: Session, wanted: readonly WantedBlob[], subject: Subject): WantedBlob[] {
  return wanted.flatMap((blob) => {
    const references = blob.references.filter(({ log }) => subjectOf(repository.log(log)) === subject);
    return references.length > 0 ? [{ ...blob, references }] : [];
  });
}

function subjectOf(log: LogSummary | undefined): Subject {
  if (!isVeiledLog(log)) return CLEAR;
  return log?.topic === undefined ? UNPLACED : ` ${shortId(log.topic)}`;
}
