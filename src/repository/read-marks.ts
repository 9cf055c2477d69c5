// How far each topic was read: the commit that was the newest then (spec/repository.md, "Journal"). What arrives later is
// unread, wherever in the conversation it sorts.
import path from 'node:path';
import type { TopicId } from '../format/ids.js';
import { readJsonIfGood, writeJsonLoosely } from './files.js';
import type { Layout } from './layout.js';

/** Commit numbers by topic; a topic that is absent was never read. */
export type ReadMarks = ReadonlyMap<TopicId, number>;

/** The marks; none when the journal was lost. */
export function readMarks(layout: Layout): ReadMarks {
  const value = readJsonIfGood(marksFile(layout));
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([topic, commit]) =>
      Number.isSafeInteger(commit) ? [[topic as TopicId, commit as number]] : [],
    ),
  );
}

/** Marks a topic as read up to a commit. */
export function markRead(layout: Layout, topic: TopicId, commit: number): void {
  const marks = new Map(readMarks(layout));
  if ((marks.get(topic) ?? -1) >= commit) return;
  marks.set(topic, commit);
  writeJsonLoosely(marksFile(layout), Object.fromEntries(marks));
}

function marksFile(layout: Layout): string {
  return path.join(layout.journal, 'marks.json');
}
