// What the index notes of payloads: only who interprets them can tell, now or once more of them can be read
// (spec/repository.md, "Index").
import type { LogId, TopicId } from '../../format/ids.js';
import type { BodyReader } from '../../format/log/body.js';

/** What the layers above know of the payloads that are no introductions. */
export interface PayloadInterpreter {
  /**
   * What the payload of an entry says in the clear, where it is sealed and could be opened; undefined for what is not sealed, or
   * waits for its key.
   */
  opened(place: EntryPlace, entry: { readonly payload: Buffer | undefined }): Buffer | undefined;
  /** Why a payload that is sealed was not opened; undefined for any other. */
  whyUnopened(place: EntryPlace, payload: Buffer): Unopened | undefined;
  /** Whether a payload is sealed, be it opened here or not. */
  isSealed(bytes: Buffer, from: number, end: number): boolean;
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

/**
 * Why something sealed does not open: no key of it is here, or none can be had because keys are under a passphrase that nobody
 * gave; or the key is here and what was sealed is none.
 */
export type Unopened = 'waiting' | 'locked' | 'unreadable';

/** The logs that are here, for who has to know in which topic something was sealed. */
export interface LogsHere {
  /** The topic is that of the verified introduction; `veiled` where one is held that is, verified or not. */
  log(log: LogId): { readonly topic: TopicId | undefined; readonly veiled: boolean } | undefined;
  entry(log: LogId, seq: number): { readonly payload: Buffer | undefined } | undefined;
}

/** Where an entry stands. */
export interface EntryPlace {
  readonly log: LogId;
  readonly seq: number;
}

/** What is noted of the payloads in a run. */
export interface PayloadNotes {
  messages: number;
  /** Of these, those that are shown to nobody. */
  events: number;
  acks: boolean;
  copies: boolean;
  links: boolean;
  /** Something in it is sealed, be it opened here or not. */
  sealed: boolean;
  /** Something in it is sealed, and a key that is not here could open it. */
  waits: boolean;
  /** The entries that do, as ascending ranges. */
  readonly waiting: { readonly from: number; end: number }[];
  /** The clocks of its messages are all readable, and none lies below one before it. */
  ascending: boolean;
  /** Below 0 when no clock is readable. */
  minClock: number;
  maxClock: number;
  readonly housekeeping: { readonly seqs: number[]; clock: number | undefined };
}

/** What is noted of a run of which no entry was looked at. */
export function noNotes(): PayloadNotes {
  return {
    messages: 0,
    events: 0,
    acks: false,
    copies: false,
    links: false,
    sealed: false,
    waits: false,
    waiting: [],
    ascending: true,
    minClock: -1,
    maxClock: -1,
    housekeeping: { seqs: [], clock: undefined },
  };
}

/** Notes a message. */
export function noteMessage(
  notes: PayloadNotes,
  place: EntryPlace,
  entry: BodyReader,
  interpreter: PayloadInterpreter,
): void {
  const { dropped, raw, payloadAt, end } = entry;
  notes.messages++;
  if (dropped) noteClock(notes, undefined);
  else if (interpreter.isSealed(raw, payloadAt, end)) noteSealed(notes, place, entry, interpreter);
  else noteContent(notes, entry, interpreter);
}

/** By what it says where it was opened, else by its clear clock alone. */
function noteSealed(notes: PayloadNotes, place: EntryPlace, entry: BodyReader, interpreter: PayloadInterpreter): void {
  const { raw, payloadAt, end } = entry;
  notes.sealed = true;
  if (interpreter.isEvent(raw, payloadAt, end)) notes.events++;
  const said = interpreter.opened(place, entry);
  if (!said) noteWaiting(notes, place, entry, interpreter);
  if (said) noteContent(notes, { raw: said, payloadAt: 0, end: said.length }, interpreter);
  else noteClock(notes, interpreter.clock(raw, payloadAt, end));
}

function noteContent(
  notes: PayloadNotes,
  { raw, payloadAt, end }: Pick<BodyReader, 'raw' | 'payloadAt' | 'end'>,
  interpreter: PayloadInterpreter,
): void {
  notes.copies ||= interpreter.isCopy(raw, payloadAt, end);
  notes.links ||= interpreter.hasLinks(raw, payloadAt, end);
  noteClock(notes, interpreter.clock(raw, payloadAt, end));
}

function noteClock(notes: PayloadNotes, clock: number | undefined): void {
  notes.ascending &&= clock !== undefined && clock >= notes.maxClock;
  if (clock === undefined) return;
  if (notes.minClock < 0 || clock < notes.minClock) notes.minClock = clock;
  if (clock > notes.maxClock) notes.maxClock = clock;
}

/** Notes a housekeeping entry. */
export function noteHousekeeping(
  notes: PayloadNotes,
  place: EntryPlace,
  entry: BodyReader,
  interpreter: PayloadInterpreter,
): void {
  const { payload } = entry;
  notes.housekeeping.seqs.push(place.seq);
  notes.housekeeping.clock = payload && interpreter.clock(payload, 0, payload.length);
  notes.acks ||= payload !== undefined && interpreter.isAck(payload);
  if (!payload || !interpreter.isSealed(payload, 0, payload.length)) return;
  notes.sealed = true;
  // acknowledgements that nobody could read are read again when their key comes
  if (!interpreter.opened(place, entry)) noteWaiting(notes, place, entry, interpreter);
}

function noteWaiting(notes: PayloadNotes, place: EntryPlace, entry: BodyReader, interpreter: PayloadInterpreter): void {
  if (!waitsForKey(place, entry, interpreter)) return;
  notes.waits = true;
  const last = notes.waiting[notes.waiting.length - 1];
  if (last?.end === place.seq) last.end++;
  else notes.waiting.push({ from: place.seq, end: place.seq + 1 });
}

/** Whether what was not opened is sealed, and a key that is not here could open it. */
export function waitsForKey(
  place: EntryPlace,
  { payload }: { readonly payload: Buffer | undefined },
  interpreter: Pick<PayloadInterpreter, 'whyUnopened'>,
): boolean {
  const why = payload && interpreter.whyUnopened(place, payload);
  return why === 'waiting' || why === 'locked';
}
