// All that lies in a bucket, without its bytes: one consumer of its messages, made for one listing (spec/drive.md, "NATS").
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { everythingIn, streamOf } from './bucket.js';
import type { Connected } from './link.js';
import type { ListedMessage } from './pieces.js';

/** Messages that are asked for at once. */
const BATCH = 1_024;
/** So long the server keeps the consumer when nothing is asked of it any more, ns. */
const FORGOTTEN_NS = 10_000_000_000;

/** There is no more. */
const END = [404, 408];
/** `$JS.ACK.STREAM.CONSUMER.DELIVERED.SEQUENCE.CONSUMER_SEQUENCE.TIME.PENDING` */
const SHORT_REPLY = 9;

/** The newest message of each subject. @throws what the client throws, so where there is no bucket */
export async function messagesIn(connected: Connected, bucket: string): Promise<ListedMessage[]> {
  const stream = streamOf(bucket);
  const { name, num_pending: pending } = await connected.jsm.consumers.add(stream, {
    deliver_policy: DeliverPolicy.LastPerSubject,
    filter_subject: everythingIn(bucket),
    ack_policy: AckPolicy.None,
    headers_only: true,
    mem_storage: true,
    inactive_threshold: FORGOTTEN_NS,
  });
  const listed: ListedMessage[] = [];
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
  while (listed.length < pending) {
    const more = await nextOf(connected, subject, Math.min(BATCH, pending - listed.length));
    listed.push(...more.messages);
    if (more.isEnd) break;
  }
  return listed;
}

/** As many messages, or fewer where there are no more. */
async function nextOf({ nc, answerMs }: Connected, subject: string, batch: number) {
  const messages: ListedMessage[] = [];
  const asked = JSON.stringify({ batch, no_wait: true });
  for await (const message of await nc.requestMany(subject, asked, {
    strategy: 'count',
    // messages come by their own subjects, not by the one that they were asked for with
    noMux: true,
    maxMessages: batch,
    maxWait: answerMs,
  })) {
    const { reply = '', headers } = message;
    // what cannot be acknowledged is none of the bucket's, but tells how the request ended
    if (reply === '' && END.includes(headers?.code ?? 0)) return { messages, isEnd: true };
    if (reply === '') break;
    const size = headers?.get('Nats-Msg-Size') ?? '';
    messages.push({
      subject: message.subject,
      ...storedAs(reply),
      size: /^\d{1,15}$/.test(size) ? Number(size) : undefined,
      headers,
    });
  }
  if (messages.length < batch) throw new errors.TimeoutError();
  return { messages, isEnd: false };
}

/** What the subject for an answer to a message says of it: behind `$JS.ACK`, and two words more with servers that have domains. */
function storedAs(reply: string): { readonly sequence: string; readonly time: bigint } {
  const words = reply.split('.');
  const [, , , sequence = '', , time = ''] = words.slice(words.length > SHORT_REPLY ? 4 : 2);
  if (!/^\d+$/.test(sequence) || !/^\d+$/.test(time))
    throw new Error(`a message came that says nothing of itself: ${reply}`);
  return { sequence, time: BigInt(time) };
}
