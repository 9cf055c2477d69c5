// The bundles that one visit adds: one for the contacts served, and one for the strangers in each topic shared with any
// (spec/drive.md, "People").
import type { TopicId } from '../../format/ids.js';
import type { ExportReport } from '../export/export.js';
import type { Seal } from '../export/seal.js';
import { audienceOf } from '../known/audience.js';
import { allRecipients } from '../known/recipients.js';
import type { Session } from '../session.js';
import type { Addition } from './add.js';
import type { VerifiedBundle } from './holdings.js';
import type { Served, SharedTopic } from './served.js';
import { topicsApart } from './tidy.js';

/** A bundle for strangers: what was written of a topic for those who write in it. */
export interface StrangersExport extends ExportReport {
  readonly topic: TopicId;
}

/** What differs from one bundle of a visit to another. */
export type Kind = Pick<Addition, 'bundles' | 'topics' | 'recipients' | 'waitedFor' | 'apart' | 'seal'>;

/** The bundle for contacts: whatever lies there, they find. */
export function forContacts(
  session: Session,
  { waitedFor }: Served,
  given: Pick<Kind, 'bundles' | 'topics' | 'recipients'>,
): Kind {
  return { ...given, waitedFor, apart: topicsApart(session, waitedFor) };
}

/** The same sealed for some of them, and for our own other devices: who else is there has no part in it. */
export function sealedForContacts(
  { self }: Session,
  given: Pick<Kind, 'bundles' | 'topics' | 'recipients'>,
  seal: Seal,
): Kind {
  const recipients = given.recipients.filter(({ person }) => person === self.person || seal.for.includes(person));
  return { ...given, recipients, waitedFor: recipients, apart: new Set(), seal };
}

/** The bundle for strangers: only what lies in bundles about their topic lies there for them. */
export function forStrangers(
  { waitedFor }: Served,
  { topic, recipients }: SharedTopic,
  bundles: readonly VerifiedBundle[],
): Kind {
  const theirs = bundles.filter(({ file }) => file.topic === topic);
  return { bundles: theirs, topics: [topic], recipients, waitedFor, apart: new Set() };
}

/**
 * For whom and about what a destination is written to from which nobody answers, in one bundle; undefined when nobody there
 * may get anything.
 */
export function oneWayAudience(
  session: Session,
  { recipients, strangers, others }: Served,
  topics: readonly TopicId[],
): Pick<Kind, 'recipients' | 'topics'> | undefined {
  if (recipients || others.length === 0) return { recipients: recipients ?? allRecipients(session), topics };
  const people = new Map(strangers.flatMap((one) => one.recipients.map((device) => [device.device, device])));
  const audience = audienceOf(session, { to: [...people.values()], topics });
  return people.size > 0 && audience.topics.length > 0 ? audience : undefined;
}
