// Who and what appears in the vectors: a few people, a topic, and logs short enough to be read.

import { join, sha256, WIRE_TIME, type WireKey, wireKey } from './wire.js';
import { introduction, type WirePerson, wirePerson, wirePerson2 } from './wire-card.js';
import { message } from './wire-message.js';
import { runOf, type WireEntry, type WireLog, type WireRun, wireLog } from './wire-segment.js';

export const ADA: WirePerson = wirePerson('Ada');
export const BOB: WirePerson = wirePerson('Bob');
/** The person whom Ada's device founded with a recovery key: another one. */
export const ADA_2: WirePerson & { readonly recovery: WireKey } = wirePerson2('Ada');

/** The topic id of the rendezvous "expedition". */
export const TOPIC: Buffer = sha256(join(Buffer.of(0x04), 'expedition'));

/** A log of three short entries that mean nothing: the chain does not care. */
export const PLAIN: WireLog = wireLog(wireKey('plain log'), ['a', 'bb', 'ccc'].map(payloadOf));

/** Ada's log in the topic: an introduction and five messages. */
export const ADA_LOG: WireLog = topicLog('log of Ada', ADA, 5);

/** Bob's log in the topic: an introduction and two messages. */
export const BOB_LOG: WireLog = topicLog('log of Bob', BOB, 2);

/** The introduction of a log, alone in its run as it must be. */
export function introRun(log: WireLog): WireRun {
  return runOf(log, 0, 1);
}

/** An entry with that text as its payload. */
function payloadOf(text: string): WireEntry {
  return { payload: Buffer.from(text) };
}

/** Entries with payloads that say their own seq. */
export function entriesOf(count: number): WireEntry[] {
  return Array.from({ length: count }, (_, seq) => payloadOf(`entry ${seq}`));
}

/** A log of `person` in the topic with an introduction and so many messages. */
function topicLog(label: string, person: WirePerson, messages: number): WireLog {
  const key = wireKey(label);
  const intro = { payload: introduction({ log: key.id, topic: TOPIC, person }) };
  const texts = Array.from({ length: messages }, (_, i) => textEntry(person, i));
  return wireLog(key, [intro, ...texts]);
}

/** Two logs of one key that agree up to `s` and then don't. */
export function forkedLogs(key: WireKey, s: number, { left = 1, right = 1 } = {}): [WireLog, WireLog] {
  const common = entriesOf(s);
  const side = (name: string, count: number) => Array.from({ length: count }, (_, i) => payloadOf(`${name} ${i}`));
  return [wireLog(key, [...common, ...side('left', left)]), wireLog(key, [...common, ...side('right', right)])];
}

function textEntry(person: WirePerson, i: number): WireEntry {
  const payload = message({ time: WIRE_TIME + i * 1000, body: `${person.name} says ${i}` });
  return { payload };
}
