// Forgetting at a replica, and what is left of a text on a disk.
import fs from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { BodyReader } from '../../src/format/log/body.js';
import { decodeSegment, peekSegment, SEGMENT_MAGIC, SEGMENT_PREFIX_SIZE } from '../../src/format/log/segment.js';
import { type ForgetReport, forgetMessages } from '../../src/sync/forget.js';
import { decodeMessage, textOf } from '../../src/topic/message/message.js';
import { isMessage } from '../../src/topic/order/order.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import type { Replica } from './replica.js';

/** Forgets the messages of a topic that say these texts. */
export function forget(one: Replica, topic: string, texts: readonly string[], force = false): ForgetReport {
  const places = texts.map((text) => {
    for (const { log } of one.repository.logsOfTopic(rendezvousTopic(topic)))
      for (const entry of one.repository.entries(log)) {
        const message = entry.payload && isMessage(entry) ? decodeMessage(entry.payload) : undefined;
        if (message && textOf(message) === text) return { log, seq: entry.seq, id: entry.id };
      }
    throw new Error(`${one.name} has no "${text}"`);
  });
  return forgetMessages(one.session, places, { force });
}

/** Files below a directory in which a text stands, in the clear or in a segment that is compressed. */
export function filesWith(directory: string, text: string): string[] {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(path.join(directory, name)).isFile());
  return files.filter((name) => holdsText(fs.readFileSync(path.join(directory, name)), text));
}

/** Whether a text stands in bytes, in the clear or in a segment that is compressed, wherever that begins. */
export function holdsText(bytes: Buffer, text: string): boolean {
  if (bytes.includes(text)) return true;
  for (let at = bytes.indexOf(SEGMENT_MAGIC); at >= 0; at = bytes.indexOf(SEGMENT_MAGIC, at + 1))
    if (rawAt(bytes, at)?.includes(text)) return true;
  return false;
}

/** The body of the segment that begins there, whether its checksum is right or not. */
function rawAt(bytes: Buffer, at: number): Buffer | undefined {
  try {
    const { length } = peekSegment(bytes.subarray(at, at + SEGMENT_PREFIX_SIZE));
    return decodeSegment(bytes.subarray(at, at + length)).raw;
  } catch {
    return bodyAt(bytes, at);
  }
}

function bodyAt(bytes: Buffer, at: number): Buffer | undefined {
  try {
    const length = bytes.readUInt32BE(at + 100);
    return brotliDecompressSync(bytes.subarray(at + 104, at + 104 + length));
  } catch {
    return undefined;
  }
}

/** Whether a payload is missing in any segment of an open bundle. */
export function isStripped(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(SEGMENT_MAGIC); at >= 0; at = bytes.indexOf(SEGMENT_MAGIC, at + 1)) {
    const reader = new BodyReader(rawAt(bytes, at) ?? Buffer.alloc(0));
    while (reader.next()) if (reader.dropped) return true;
  }
  return false;
}

/** The texts like `<12>` in the segments of an open bundle. */
export function textsInSegments(bytes: Buffer): string[] {
  const found = new Set<string>();
  for (let at = bytes.indexOf(SEGMENT_MAGIC); at >= 0; at = bytes.indexOf(SEGMENT_MAGIC, at + 1))
    for (const [text] of rawAt(bytes, at)?.toString('latin1').matchAll(/<\d+>/g) ?? []) found.add(text);
  return [...found];
}
