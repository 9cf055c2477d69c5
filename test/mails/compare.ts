// Whether everybody has the same conversations in the same order, and whether nothing is missing from them.
import { createHash } from 'node:crypto';
import type { EntryId } from '../../src/format/ids.js';
import { decodeMessage, textOf } from '../../src/topic/message/message.js';
import { openCited } from '../../src/topic/order/cited.js';
import { inOrder } from '../../src/topic/order/order.js';
import type { Corpus } from './corpus.js';
import type { Told } from './program.js';
import { idOf } from './replay.js';
import type { Station, Visit } from './station.js';

/** A conversation as one station shows it. */
export interface Conversation {
  /** Of logs, seqs, ids and clocks, in order. */
  readonly digest: string;
  readonly order: readonly EntryId[];
}

/** The conversation of each topic at a station. */
export function conversationsOf(station: Station, topics: Iterable<string>): Promise<Map<string, Conversation>> {
  return station.visit(0, (visit) => new Map([...topics].map((topic) => [topic, conversationOf(visit, topic)])));
}

/** Topics whose conversation differs from the reference. */
export function differences(
  reference: ReadonlyMap<string, Conversation>,
  other: ReadonlyMap<string, Conversation>,
): string[] {
  return [...other].flatMap(([topic, { digest }]) => (reference.get(topic)?.digest === digest ? [] : [topic]));
}

/** The messages of a topic at a station, in order, as anybody has to read them. */
export function toldIn(station: Station, topic: string, corpus: Corpus): Promise<Told[]> {
  const senders = new Map(corpus.mails.map((mail) => [mail.key, mail.sender]));
  return station.visit(0, ({ repository }) => {
    const logs = repository.logsOfTopic(idOf(topic));
    const messages = [...inOrder(repository, logs)].flatMap(({ entry }) => {
      const message = entry.payload && decodeMessage(entry.payload);
      return message?.key === undefined ? [] : [{ ...message, key: message.key, entry }];
    });
    const keys = new Map(messages.map(({ entry, key }) => [entry.id, key]));
    const { idOf: citedId } = openCited(repository);
    return messages.map((message) => {
      const target = message.reply === undefined ? undefined : message.deps[message.reply];
      const id = target && citedId(message.entry, target);
      const reply = id && keys.get(id);
      return { key: message.key, text: textOf(message) ?? '', reply, sender: senders.get(message.key) ?? 0 };
    });
  });
}

function conversationOf({ repository }: Visit, topic: string): Conversation {
  const hash = createHash('sha256');
  const order: EntryId[] = [];
  for (const { entry, clock, afterGap } of inOrder(repository, repository.logsOfTopic(idOf(topic)))) {
    if (!entry.payload) throw new Error('a payload is missing');
    hash.update(`${entry.log} ${entry.seq} ${entry.id} ${clock} ${afterGap}\n`);
    order.push(entry.id);
  }
  return { digest: hash.digest('hex'), order };
}
