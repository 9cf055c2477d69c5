// Segments that a log key signed twice: somebody else had it, a clone or a past of its device, and wrote something else from
// some entry on.

import type { EntryId } from '../../src/format/ids.js';
import type { BodyEntry } from '../../src/format/log/body.js';
import { idOfHash } from '../../src/format/log/chain.js';
import { encodeMeta, type Meta } from '../../src/format/log/meta.js';
import type { Run } from '../../src/format/log/segment-build.js';
import { SegmentWriter } from '../../src/format/log/segment-writer.js';
import { sha256Latin1 } from '../../src/format/platform.js';
import type { StoredEntry } from '../../src/repository/store/open-segment.js';
import { encodeMessage, TEXT } from '../../src/topic/message/message.js';
import { writeCarried } from './carrier.js';
import type { Replica } from './replica.js';

/** An entry of the other past. */
export interface OtherEntry {
  readonly text: string;
  readonly meta?: Meta;
}

/**
 * Writes a bundle, signed by a key that nobody knows, with what a log's key says behind an entry of it, in one segment; the
 * log is one whose key the replica has. Returns their ids.
 */
export async function signTwice(
  replica: Replica,
  after: Pick<StoredEntry, 'log' | 'seq' | 'id'>,
  entries: readonly OtherEntry[],
  file: string,
): Promise<{ readonly file: string; readonly ids: readonly EntryId[] }> {
  const seed = (await replica.author()).secrets.logs.get(after.log);
  if (!seed) throw new Error(`${replica.name} has no key of ${after.log}`);
  const runs: Run[] = [];
  const writer = new SegmentWriter({ log: after.log, length: after.seq + 1, id: after.id }, seed, (run) =>
    runs.push({ ...run, raw: Buffer.from(run.raw) }),
  );
  const ids: EntryId[] = [];
  for (const { text, meta } of entries) {
    writer.add(bodyOf(replica.now, text, meta));
    ids.push(idOfHash(writer.hash));
  }
  writer.flush();
  return { file: writeCarried(file, runs), ids };
}

function bodyOf(time: number, text: string, meta: Meta | undefined): BodyEntry {
  const payload = encodeMessage({ time, clock: time, type: TEXT, body: text, deps: [] });
  const rest = { payload, payloadLength: payload.length, payloadHash: sha256Latin1(payload) };
  return { meta: meta ? encodeMeta(meta) : Buffer.alloc(0), ...rest };
}
