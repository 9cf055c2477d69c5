// What an entry of a topic's log says: nothing is read of one that needs a newer version (spec/message.md, "Critical keys").
import { decodeIntroduction } from '../format/log/introduction.js';
import { decodeMeta } from '../format/log/meta.js';
import type { StoredEntry } from '../repository/store/open-segment.js';
import { decodeMessage, decodeOpened, isNewerMessage, type Message } from './message/message.js';
import { readClock } from './message/message-clock.js';
import { isEvent as isEventPayload } from './message/message-veiled.js';

type Said = Pick<StoredEntry, 'seq' | 'meta' | 'payload' | 'said'>;

/** The message or acknowledgement in an entry that is no introduction, if its payload is here and understood. */
export function messageIn(entry: Said): Message | undefined {
  return entry.seq === 0 ? undefined : messageAnywhere(entry);
}

/** The same wherever the entry stands: to look into what somebody put at the place of the introduction. */
export function messageAnywhere({ meta, payload, said }: Omit<Said, 'seq'>): Message | undefined {
  if (isNewer(meta)) return undefined;
  return said ? decodeOpened(said) : payload && decodeMessage(payload);
}

/** Whether an entry that is no housekeeping is shown to nobody (spec/veiled.md, "Payloads"). */
export function isEvent({ payload }: Pick<Said, 'payload'>): boolean {
  return payload !== undefined && isEventPayload(payload);
}

/** The clock of an entry, if it can be read: of what was opened the exact one, else to the hour. */
export function clockIn({ payload, said = payload }: Pick<Said, 'payload' | 'said'>): number | undefined {
  return said && readClock(said);
}

/** Whether what is not understood of the entry is for a later version: metadata, message or introduction say so. */
export function needsNewerVersion({ seq, meta, payload }: Said): boolean {
  if (seq === 0) return payload !== undefined && decodeIntroduction(payload)?.newer === true;
  return isNewer(meta) || (payload !== undefined && isNewerMessage(payload));
}

function isNewer(meta: Buffer): boolean {
  return meta.length > 0 && decodeMeta(meta).newer === true;
}
