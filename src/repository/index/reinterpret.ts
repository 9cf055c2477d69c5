// Records of the index whose payloads are interpreted once more: of some of them more can be read by now
// (spec/repository.md, "Index").
import type { LogId } from '../../format/ids.js';
import { decodeMeta, EMPTY_META } from '../../format/log/meta.js';
import type { OpenSegment } from '../store/open-segment.js';
import type { Interpreter } from './ingest.js';
import { encodeIntroductionRecord, isIntroduction } from './introduction-record.js';
import { noNotes, noteHousekeeping, noteMessage } from './payload-notes.js';
import { frameEndOf, logOf, RECORD_SIZE } from './record-frame.js';
import { detailsBefore, encodeDetails, isDetail } from './run-details.js';
import { decodeRun, encodeRun, plainRun, type RunRecord } from './run-record.js';

/** What is interpreted, and by whom. */
export interface Reinterpreting {
  readonly logs: ReadonlySet<LogId>;
  readonly interpreter: Interpreter;
  /** Opens the segment of a run. */
  read(run: RunRecord): OpenSegment;
}

/** The index's records, in their order, those of the logs as if they came now. */
export function reinterpretRecords(records: Buffer, asked: Reinterpreting): Buffer {
  const written: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < records.length; at += RECORD_SIZE) {
    if (frameEndOf(records, at) === 0) continue;
    written.push(...reinterpretCommit(records.subarray(from, at + RECORD_SIZE), asked));
    from = at + RECORD_SIZE;
  }
  return Buffer.concat(written);
}

/** The records of one commit: introductions stand before the runs. */
function reinterpretCommit(records: Buffer, { logs, interpreter, read }: Reinterpreting): Buffer[] {
  const known: Buffer[] = [];
  const found: Buffer[] = [];
  const runs: Buffer[] = [];
  const introduced = new Set<LogId>();
  for (let at = 0; at < records.length; at += RECORD_SIZE) {
    const log = logOf(records, at);
    const record = records.subarray(at, at + RECORD_SIZE);
    if (isIntroduction(records, at)) {
      introduced.add(log);
      known.push(record);
    } else if (!logs.has(log)) runs.push(record);
    else if (!isDetail(records, at)) {
      const run = decodeRun(records, at, () => detailsBefore(records, at));
      const opened = read(run);
      if (run.first === 0 && !introduced.has(log)) found.push(...introductionIn(opened, interpreter));
      const anew = interpreted(run, opened, interpreter);
      runs.push(...encodeDetails(anew), encodeRun(anew, frameEndOf(records, at)));
    }
  }
  return [...known, ...found, ...runs];
}

function introductionIn(opened: OpenSegment, interpreter: Interpreter): Buffer[] {
  const { log } = opened.segment;
  const payload = opened.entry(0)?.payload;
  const introduced = payload && interpreter.introduction(log, payload);
  return introduced ? [encodeIntroductionRecord({ log, ...introduced })] : [];
}

/** The run with what its payloads say; all else of it follows from its chain. One that has rotten stays as it is. */
function interpreted(run: RunRecord, opened: OpenSegment, interpreter: Interpreter): RunRecord {
  const { milestones } = run;
  if (opened.segment.count === 0) return { ...plainRun(run), milestones };
  const notes = noNotes();
  for (let seq = Math.max(run.first, 1); seq < run.end; seq++) {
    const entry = opened.at(seq);
    const meta = entry.metaLength === 0 ? EMPTY_META : decodeMeta(entry.meta);
    if (meta.housekeeping) noteHousekeeping(notes, { log: run.log, seq }, entry, interpreter);
    else noteMessage(notes, { log: run.log, seq }, entry, interpreter);
  }
  const clocks = notes.maxClock >= 0;
  const known = clocks ? notes : { ...notes, minClock: 0, maxClock: 0 };
  return { ...plainRun(run), milestones, ...known, clocks };
}
