// Single messages of a log where they stand in the conversation, as a reader of all of it would meet them (spec/message.md,
// "Order").
import type { LogId } from '../../format/ids.js';
import { type EntrySource, entriesWithin, type RunView } from '../source.js';
import { effectiveClock, isMessage, NO_CLOCK, type OrderedEntry } from './order.js';

/** What the messages before a run in its log leave behind. */
interface Before {
  readonly clock: number;
  /** Entries are missing since the last message. */
  readonly afterGap: boolean;
}

/** Those of the messages at these seqs that are held, by their seqs; opens no run in which none of them stands. */
export function messagesAt(source: EntrySource, log: LogId, seqs: ReadonlySet<number>): Map<number, OrderedEntry> {
  const found = new Map<number, OrderedEntry>();
  let before: Before = { clock: NO_CLOCK, afterGap: false };
  let end = 0;
  for (const run of source.runs(log)) {
    const here = { ...before, afterGap: before.afterGap || run.first !== end };
    if (run.messages > 0) for (const one of messagesIn(source, run, here, seqs)) found.set(one.entry.seq, one);
    before = {
      clock: run.clocks ? Math.max(here.clock, run.maxClock) : here.clock,
      afterGap: here.afterGap && run.messages === 0,
    };
    end = run.end;
  }
  return found;
}

function messagesIn(source: EntrySource, run: RunView, before: Before, seqs: ReadonlySet<number>): OrderedEntry[] {
  const wanted = [...seqs].filter((seq) => run.first <= seq && seq < run.end);
  if (wanted.length === 0) return [];
  const found: OrderedEntry[] = [];
  let { clock, afterGap } = before;
  for (const entry of entriesWithin(source, run, wanted.reduce((last, seq) => Math.max(last, seq)) + 1)) {
    if (!isMessage(entry)) continue;
    clock = effectiveClock(entry, clock);
    if (seqs.has(entry.seq)) found.push({ entry, clock, afterGap });
    afterGap = false;
  }
  return found;
}
