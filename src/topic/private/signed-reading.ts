// Reading what is signed in a topic's entries, again each time that the topic is worked out: signatures, which cost most of it, are
// verified once (spec/private.md, "Statements").
import type { TopicId } from '../../format/ids.js';
import type { Signed } from '../../format/private/signed.js';
import { statementId } from '../../format/private/statement.js';
import { type DeviceList, decodeDeviceList } from '../../identity/device-list.js';
import { readStatement, type SignedStatement } from '../members/signed-statement.js';

/** Statements and device lists of one topic, remembered for as long as each is asked for again. */
export class SignedReading {
  readonly #topic: TopicId;
  readonly #statements = new Remembered<SignedStatement | undefined>();
  readonly #lists = new Remembered<DeviceList | undefined>();

  constructor(topic: TopicId) {
    this.#topic = topic;
  }

  /** From here on all is read once more: what was not asked for since the last time is forgotten. */
  again(): this {
    this.#statements.again();
    this.#lists.again();
    return this;
  }

  /** The statement; undefined when it is none of this topic, or not signed by whom it names. */
  statement({ bytes, signature }: Signed): SignedStatement | undefined {
    const name = `${statementId(bytes)}${signature.toString('latin1')}`;
    return this.#statements.get(name, () => readStatement(this.#topic, bytes, signature));
  }

  /** The device list in a list of at most one; empty when it is none, or not signed by whom it names. */
  list({ bytes, signature }: Signed): readonly DeviceList[] {
    const name = `${bytes.toString('latin1')}/${signature.toString('latin1')}`;
    const list = this.#lists.get(name, () => decodeDeviceList(bytes, signature));
    return list ? [list] : [];
  }
}

/** What came of reading, by what was read. */
class Remembered<T> {
  #last: ReadonlyMap<string, T> = new Map();
  #now = new Map<string, T>();

  again(): void {
    this.#last = this.#now;
    this.#now = new Map();
  }

  get(name: string, read: () => T): T {
    const known = this.#now.has(name) ? this.#now : this.#last;
    const value = known.has(name) ? (known.get(name) as T) : read();
    this.#now.set(name, value);
    return value;
  }
}
