// One entry that a user named, ready to be shown.
import type { EntryPlace } from '../../repository/index/find.js';
import type { PlacedEntry } from '../../repository/index/placed-entry.js';
import type { Session } from '../../sync/session.js';
import { clockAt } from '../../topic/order/order.js';
import type { MessageView } from '../../topic/reading/view.js';
import { openViewer, type Viewer } from '../../topic/reading/viewer.js';
import { newTopic, type Topic, topicOfId } from '../../topic/topics.js';
import { findMessage } from '../commands/conversation/find-message.js';

/** The entry with how it is shown. */
export interface ViewedEntry {
  readonly place: EntryPlace;
  readonly entry: PlacedEntry;
  readonly view: MessageView;
  /** Of the entry's topic. */
  readonly viewer: Viewer;
}

/**
 * The one held entry whose id begins so.
 * @throws SatchelError as `findMessage`
 */
export function viewEntry(session: Session, wanted: string): ViewedEntry {
  const { repository } = session;
  const place = findMessage(repository, wanted);
  const entry = repository.entry(place.log, place.seq);
  if (!entry) throw new Error('an entry that was found is not held');
  const viewer = openViewer(session, topicOf(session, entry));
  const clock = clockAt(repository, place);
  return { place, entry, viewer, view: viewer.view({ entry, clock, afterGap: entry.afterGap }) };
}

function topicOf({ repository, topics }: Session, { log }: PlacedEntry): Topic {
  const id = repository.log(log)?.topic;
  return topicOfId(topics, id) ?? newTopic(id ?? ('' as Topic['topic']), '', 'seen');
}
