// What the index notes of payloads: only who interprets them can tell, now or once more of them can be read
// (spec/repository.md, "Index").
import type { BodyReader } from '../../format/log/body.js';

/** What the layers above know of the payloads that are no introductions. */
export interface PayloadInterpreter {
  /** The entry's logical clock, when it is readable and in range; the payload is what lies between `from` and `end`. */
  clock(bytes: Buffer, from: number, end: number): number | undefined;
  /** Whether a housekeeping entry is an acknowledgement. */
  isAck(payload: Buffer): boolean;
  /** Whether a message says again one of an older log; the payload is what lies between `from` and `end`. */
  isCopy(bytes: Buffer, from: number, end: number): boolean;
  /** Whether a message is shown to nobody, although it has to arrive as others do; told without any key. */
  isEvent(bytes: Buffer, from: number, end: number): boolean;
  /** Whether a message edits another, reacts to one, or mentions somebody. */
  hasLinks(bytes: Buffer, from: number, end: number): boolean;
}

/** What is noted of the payloads in a run. */
export interface PayloadNotes {
  messages: number;
  /** Of these, those that are shown to nobody. */
  events: number;
  acks: boolean;
  copies: boolean;
  links: boolean;
  /** The clocks of its messages are all readable, and none lies below one before it. */
  ascending: boolean;
  /** Below 0 when no clock is readable. */
  minClock: number;
  maxClock: number;
  readonly housekeeping: { readonly seqs: number[]; clock: number | undefined };
}

/** What is noted of a run of which no entry was looked at. */
export function noNotes(): PayloadNotes {
  const flags = { acks: false, copies: false, links: false, ascending: true };
  return { messages: 0, events: 0, ...flags, minClock: -1, maxClock: -1, housekeeping: { seqs: [], clock: undefined } };
}

/** Notes a message. */
export function noteMessage(notes: PayloadNotes, entry: BodyReader, interpreter: PayloadInterpreter): void {
  const { dropped, raw, payloadAt, end } = entry;
  notes.messages++;
  if (!dropped && interpreter.isEvent(raw, payloadAt, end)) notes.events++;
  notes.copies ||= !dropped && interpreter.isCopy(raw, payloadAt, end);
  notes.links ||= !dropped && interpreter.hasLinks(raw, payloadAt, end);
  const clock = dropped ? undefined : interpreter.clock(raw, payloadAt, end);
  notes.ascending &&= clock !== undefined && clock >= notes.maxClock;
  if (clock === undefined) return;
  if (notes.minClock < 0 || clock < notes.minClock) notes.minClock = clock;
  if (clock > notes.maxClock) notes.maxClock = clock;
}

/** Notes the housekeeping entry at `seq`. */
export function noteHousekeeping(
  notes: PayloadNotes,
  seq: number,
  entry: BodyReader,
  interpreter: PayloadInterpreter,
): void {
  const { payload } = entry;
  notes.housekeeping.seqs.push(seq);
  notes.housekeeping.clock = payload && interpreter.clock(payload, 0, payload.length);
  notes.acks ||= payload !== undefined && interpreter.isAck(payload);
}
