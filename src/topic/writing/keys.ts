// The keys that scripts gave to messages, in all own logs of a topic: a key is posted once (spec/message.md, "Keys").
import path from 'node:path';
import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { readClock } from '../message/message-clock.js';
import type { Citable } from '../order/deps.js';
import { isMessage, NO_CLOCK } from '../order/order.js';
import { messageIn } from '../payload.js';
import { type Keyed, KeyFile } from './key-file.js';
import type { Posted } from './post.js';

/** Entries looked through before what was found is written down. */
const CATCH_UP_ENTRIES = 50_000;

/** The keys of one person's logs in one topic. To be used under the repository's lock only. */
export class Keys {
  readonly #repository: Repository;
  readonly #topic: TopicId;
  readonly #person: PersonId;
  readonly #files = new Map<LogId, KeyFile>();

  constructor(repository: Repository, topic: TopicId, person: PersonId) {
    this.#repository = repository;
    this.#topic = topic;
    this.#person = person;
  }

  /** The message with that key; {@link catchUp} first. */
  find(key: string): Citable | undefined {
    for (const file of this.#files.values()) {
      const found = file.find(key);
      if (found) return found;
    }
    return undefined;
  }

  /** Reads what was appended to the logs since, by whomever. */
  catchUp(): void {
    for (const { log, topic, end } of this.#repository.logsOfPerson(this.#person)) {
      if (topic !== this.#topic) continue;
      const file = this.#fileOf(log);
      if (file.covered === end) continue;
      file.refresh();
      if (file.covered < end) scan(this.#repository, file, end);
    }
  }

  /** Notes messages just written, so that they need not be read again. */
  note(posted: readonly Posted[]): void {
    const [first] = posted;
    const last = posted.at(-1);
    const file = first && this.#fileOf(first.log);
    // Entry 0 is the introduction. Whatever else came between has to be read.
    if (!first || !last || !file || Math.max(file.covered, 1) !== first.seq) return;
    file.append(posted.filter(hasKey), last.seq + 1);
  }

  /** Releases the files. */
  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  #fileOf(log: LogId): KeyFile {
    const open = this.#files.get(log) ?? new KeyFile(path.join(this.#repository.layout.index, 'keys'), log);
    this.#files.set(log, open);
    return open;
  }
}

function hasKey(one: Posted): one is Posted & Keyed {
  return one.key !== undefined;
}

function scan(repository: Repository, file: KeyFile, end: number): void {
  for (let from = file.covered; from < end; from = file.covered) {
    const until = Math.min(end, from + CATCH_UP_ENTRIES);
    const keyed: Keyed[] = [];
    for (const entry of repository.entries(file.log, from, until)) keyed.push(...keyOf(entry));
    file.append(keyed, until);
  }
}

function keyOf(entry: StoredEntry): Keyed[] {
  const message = isMessage(entry) ? messageIn(entry) : undefined;
  if (message?.key === undefined || !entry.payload) return [];
  const { log, seq, id } = entry;
  return [{ log, seq, id, clock: readClock(entry.payload) ?? NO_CLOCK, key: message.key }];
}
