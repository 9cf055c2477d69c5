// What the journal's lines on exports and imports tell of a bundle: where it lay, and which entries it carried. By them a
// message is traced (spec/repository.md, "Journal").
import path from 'node:path';
import type { ContentsRecord } from '../format/bundle/contents.js';
import type { LogId } from '../format/ids.js';
import type { JournalEvent } from '../repository/journal.js';

/** Ranges in one line, at most: a bundle with more must not fill the journal alone. */
const RANGES_MAX = 4_096;

/** Part of an event: for each log ranges of seqs, and whether there were more of them. */
export interface EventRanges {
  readonly ranges: Readonly<Record<LogId, readonly (readonly [from: number, end: number])[]>>;
  readonly partial?: true;
}

/** How what came or went over a stream is named in place of a file. */
export function streamFile(name: string): string {
  return `${STREAM}${name}`;
}

/**
 * Where a bundle is, wherever the next command runs; `-`, standard input or output, stays, and so does what was packed in it,
 * and a stream.
 */
export function eventFile(file: string): string {
  return file === '-' || file.startsWith('-/') || file.startsWith(STREAM) ? file : path.resolve(file);
}

const STREAM = 'stream:';

/** The ranges of the records, those that touch joined. */
export function eventRanges(records: readonly Pick<ContentsRecord, 'log' | 'first' | 'end'>[]): EventRanges {
  const ranges: Record<LogId, [number, number][]> = {};
  let count = 0;
  for (const { log, first, end } of records) {
    const list = ranges[log] ?? [];
    const last = list[list.length - 1];
    if (last && last[1] === first) last[1] = end;
    else if (count++ < RANGES_MAX) list.push([first, end]);
    else return { ranges, partial: true };
    ranges[log] = list;
  }
  return { ranges };
}

/** Whether the event was about an entry; undefined when its ranges are not all there. */
export function isAbout(event: JournalEvent, log: LogId, seq: number): boolean | undefined {
  const { ranges, partial } = event as Partial<EventRanges>;
  const list = isRecord(ranges) ? ranges[log] : undefined;
  const isIn = Array.isArray(list) && list.some((range) => Array.isArray(range) && range[0] <= seq && seq < range[1]);
  return isIn || (partial === true ? undefined : false);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
