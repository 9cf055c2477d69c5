// How far each topic was read: the commit that was the newest then (spec/repository.md, "Journal"). What arrives later is
// unread, wherever in the conversation it sorts.
import type { TopicId } from '../format/ids.js';
import type { Layout } from './layout.js';
import { readState, writeState } from './state.js';

/** Commit numbers by topic; a topic that is absent was never read. */
export type ReadMarks = ReadonlyMap<TopicId, number>;

/** The marks; none when the journal was lost. */
export function readMarks(layout: Layout): ReadMarks {
  return new Map(Object.entries(readState(layout, 'marks') ?? {}) as [TopicId, number][]);
}

/** Marks a topic as read up to a commit. */
export function markRead(layout: Layout, topic: TopicId, commit: number): void {
  const marks = new Map(readMarks(layout));
  if ((marks.get(topic) ?? -1) >= commit) return;
  marks.set(topic, commit);
  writeState(layout, 'marks', Object.fromEntries(marks));
}
