// Putting a file: as one message, or first in pieces and then as a message that stands for them. Either way it is there at once,
// as a whole (spec/drive.md, "NATS").
import { randomBytes } from 'node:crypto';
import { DiscardPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { headers as headersOf } from '@nats-io/transport-node';
import { EXIT, type Failure } from '../answer.js';
import { everythingIn, pieceOf, streamOf, subjectOf } from './bucket.js';
import { isUnheard, says } from './failure.js';
import type { Connected } from './link.js';
import { findFile, findMessage, listedIn, removePieces, type There } from './messages.js';
import { abandonedIn, encodeInPieces, isRemoval, parseInPieces } from './pieces.js';

/** In one message there are no more bytes, nor than its server takes with what stands in front of them. */
const PIECE_MAX = 524_288;
const HEADERS_MAX = 1_024;
/** So many servers keep a bucket, where they are a cluster. */
const REPLICAS = 3;
/** What the marker, and a bundle, are called: each is put once. */
const ONCE = /^(drive\.json|[0-9a-f]{24}\.satchel)$/;

const EXISTS: Failure = { status: EXIT.exists, why: '' };

/** What a message brings. */
interface Content {
  readonly bytes: Buffer;
  readonly said?: ReturnType<typeof encodeInPieces>;
}

/** Puts a file; one that may be there once only is not put where it is. */
export async function putFile(there: There, name: string, bytes: Buffer): Promise<Failure | undefined> {
  const most = await there.link.ask(async ({ nc }) => Math.min(PIECE_MAX, (nc.info?.max_payload ?? 0) - HEADERS_MAX));
  return bytes.length <= most ? putMessage(there, name, { bytes }) : putInPieces(there, name, { bytes, most });
}

async function putMessage(there: There, name: string, content: Content): Promise<Failure | undefined> {
  const subject = subjectOf(there.bucket, name);
  if (!ONCE.test(name)) {
    await publish(there, subject, content);
    return undefined;
  }
  if (await publishAfter(there, subject, content, 0)) return undefined;
  const found = await findMessage(there, subject);
  const isPut = found && isRemoval(found.header) && (await publishAfter(there, subject, content, found.seq));
  return isPut ? undefined : EXISTS;
}

/** Whether the newest message of the subject was this one, 0 being none, and another follows it now. */
async function publishAfter(there: There, subject: string, content: Content, sequence: number): Promise<boolean> {
  try {
    await publish(there, subject, content, sequence);
    return true;
  } catch (error) {
    if (says(error, 'wrongSequence')) return false;
    throw error;
  }
}

async function putInPieces(
  there: There,
  name: string,
  { bytes, most }: { readonly bytes: Buffer; readonly most: number },
): Promise<Failure | undefined> {
  const before = await findFile(there, name);
  if (before && ONCE.test(name)) return EXISTS;
  const id = randomBytes(16).toString('hex');
  let failure: Failure | undefined = EXISTS;
  try {
    for (let at = 0; at * most < bytes.length; at++)
      await publish(there, pieceOf(there.bucket, id, at), { bytes: bytes.subarray(at * most, (at + 1) * most) });
    const said = encodeInPieces({ id, size: bytes.length });
    failure = await putMessage(there, name, { bytes: Buffer.alloc(0), said });
  } finally {
    const needless = failure ? id : parseInPieces(before?.header)?.id;
    await tidy(there, needless);
  }
  return failure;
}

/** Removes pieces that nobody needs. What stays, as where nothing may be removed, takes room and no more. */
async function tidy(there: There, needless: string | undefined): Promise<void> {
  try {
    const messages = await listedIn(there);
    const abandoned = abandonedIn(there.bucket, messages);
    await removePieces(there, needless === undefined ? abandoned : [...abandoned, needless], messages);
  } catch {
    // what is to be told is how the file fared
  }
}

/** Makes it the newest message of its subject, behind the one with this sequence if that is given. */
async function publish({ link, bucket }: There, subject: string, content: Content, lastSubjectSequence?: number) {
  const headers = headersOf();
  for (const [key, value] of content.said ?? []) headers.set(key, value);
  const expect = {
    streamName: streamOf(bucket),
    ...(lastSubjectSequence === undefined ? {} : { lastSubjectSequence }),
  };
  await link.ask(async (connected) => {
    const once = () => connected.js.publish(subject, content.bytes, { headers, expect });
    try {
      return await once();
    } catch (error) {
      if (!isUnheard(error) || (await isThere(connected, bucket))) throw error;
    }
    await make(connected, bucket);
    return once();
  });
}

async function isThere({ jsm }: Connected, bucket: string): Promise<boolean> {
  try {
    await jsm.streams.getMessage(streamOf(bucket), { last_by_subj: subjectOf(bucket, '0') });
    return true;
  } catch (error) {
    if (says(error, 'noStream')) return false;
    throw error;
  }
}

/** Makes the bucket as programs for NATS do; somebody else may do so at this moment. */
async function make({ nc, jsm }: Connected, bucket: string): Promise<void> {
  const config: Partial<StreamConfig> & { readonly name: string } = {
    name: streamOf(bucket),
    subjects: [everythingIn(bucket)],
    storage: StorageType.File,
    num_replicas: nc.info?.cluster === undefined ? 1 : REPLICAS,
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.New,
    allow_rollup_hdrs: true,
    allow_direct: true,
  };
  await jsm.streams.add(config).catch((error) => {
    if (!says(error, 'streamExists')) throw error;
  });
}
