// Many people who each say a little, as bundles of their logs; made without a repository for each of them.

import { type EntryId, type LogId, NO_ENTRY, readId, type TopicId } from '../../src/format/ids.js';
import { encodeIntroduction } from '../../src/format/log/introduction.js';
import type { Segment } from '../../src/format/log/segment.js';
import { SegmentWriter, segmentOf } from '../../src/format/log/segment-writer.js';
import { sha256Latin1 } from '../../src/format/platform.js';
import { publicKeyOf } from '../../src/format/signature/signature.js';
import { recipientOf } from '../../src/identity/age.js';
import { decodeCard, encodeCard } from '../../src/identity/card.js';
import { encodeFounding } from '../../src/identity/founding.js';
import { createSecrets } from '../../src/identity/secrets.js';
import { encodeMessage, TEXT } from '../../src/topic/message/message.js';
import { type MadeSegment, makeBundle, seedOf } from './make.js';

/** A text with the time that its author's clock said, ms. */
export interface Said {
  readonly time: number;
  readonly text: string;
}

/** What one of the crowd says in a topic. */
export interface Speaker {
  readonly name: string;
  readonly topic: TopicId;
  readonly label: string;
  readonly messages: readonly Said[];
  /** What it says later: not in the bundle unless asked for, and then nothing else. */
  readonly later?: readonly Said[];
}

/**
 * A bundle with the log of each of these people, who found themselves for it, or with what they say later; the same for the
 * same speakers.
 */
export async function crowdBundle(speakers: Iterable<Speaker>, part: 'first' | 'later' = 'first'): Promise<Buffer> {
  // what only decides who can open what is sealed may be the same for all of them
  const { secrets } = await createSecrets((size) => Buffer.alloc(size, 7), 0);
  const recipient = await recipientOf(secrets.recipients[0].key);
  const segments = [...speakers].flatMap((speaker) => {
    const [introduction, first, later] = logOf(speaker, recipient);
    return (part === 'first' ? [introduction, first] : [later]).filter((segment) => segment !== undefined);
  });
  return makeBundle(segments);
}

/** Introduction, messages, and what is said later: a segment each. */
function logOf({ name, topic, label, messages, later = [] }: Speaker, recipient: Buffer): MadeSegment[] {
  const device = seedOf(`device of ${name}`);
  const seed = seedOf(`log of ${name} in ${topic}`);
  const log = readId<LogId>(publicKeyOf(seed));
  const recovery = publicKeyOf(seedOf(`recovery of ${name}`));
  const card = encodeCard({ founding: encodeFounding(device, recovery), serial: 1, recipient, name }, device);
  const { person } = decodeCard(card);
  const made: MadeSegment[] = [];
  const writer = new SegmentWriter({ log, length: 0, id: NO_ENTRY }, seed, (run, ids) =>
    made.push(madeOf(segmentOf(run), ids)),
  );
  const add = (payload: Buffer): void => {
    writer.add({ meta: Buffer.alloc(0), payload, payloadLength: payload.length, payloadHash: sha256Latin1(payload) });
  };
  add(encodeIntroduction(log, { topic, label, person, card }, device));
  writer.flush();
  for (const said of [messages, later]) {
    for (const { time, text } of said) add(encodeMessage({ time, clock: time, type: TEXT, body: text, deps: [] }));
    writer.flush();
  }
  return made;
}

function madeOf({ bytes, log, first, count, previous, raw }: Segment, ids: readonly EntryId[]): MadeSegment {
  const record = { log, first, end: first + count, id: ids.at(-1) ?? previous, offset: 0, length: bytes.length };
  return { bytes, record, rawLength: raw.length };
}
