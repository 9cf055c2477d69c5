// What the index remembers of a log's introduction (spec/repository.md, "Index").
import { type DeviceKey, idBytes, type LogId, type PersonId, readId, type TopicId } from '../../format/ids.js';
import type { Introduction } from '../../format/log/introduction.js';
import { FLAGS_AT, KIND, logOf, newRecord, seal } from './record-frame.js';

/** Whose log it is and which conversation it belongs to, from its verified introduction. */
export interface Introduced {
  readonly topic: TopicId;
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** Whether it continues an older log of the person; undefined when the index does not tell. */
  readonly continues?: boolean | undefined;
  /** Which; known of one that just came, the index does not keep it. */
  readonly after?: LogId | undefined;
}

/** What a log's introduction says of its topic, its author and the log that it continues. */
export type Placement = Omit<Introduction, 'signature'>;

/** A log's introduction in the index. */
export interface IntroductionRecord extends Introduced {
  readonly log: LogId;
}

/** The record of an introduction. */
export function encodeIntroductionRecord(introduction: IntroductionRecord): Buffer {
  const bytes = newRecord(KIND.introduction, introduction.log);
  idBytes(introduction.topic).copy(bytes, 40);
  idBytes(introduction.person).copy(bytes, 72);
  idBytes(introduction.device).copy(bytes, 104);
  bytes[FLAGS_AT] = continuationCode(introduction.continues);
  return seal(bytes);
}

/** Whether the record at `at` describes a log's introduction. */
export function isIntroduction(bytes: Buffer, at: number): boolean {
  return bytes[at] === KIND.introduction;
}

/** The introduction whose record stands at `at`. */
export function decodeIntroductionRecord(bytes: Buffer, at: number): IntroductionRecord {
  return {
    log: logOf(bytes, at),
    topic: readId<TopicId>(bytes, at + 40),
    person: readId<PersonId>(bytes, at + 72),
    device: readId<DeviceKey>(bytes, at + 104),
    continues: continuationOf(bytes[at + FLAGS_AT] ?? 0),
  };
}

/** Whether a log continues another one, in two bits. */
export function continuationCode(continues: boolean | undefined): number {
  return continues === undefined ? 0 : continues ? 1 : 2;
}

/** What {@link continuationCode} was given. */
export function continuationOf(code: number): boolean | undefined {
  return code === 0 ? undefined : code === 1;
}
