// Segments of the own person's logs from behind a freeze: they can't be stored where another past is, and are kept until what
// they say is written again (spec/repository.md, "Pasts").
import { createHash } from 'node:crypto';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { decodeSegment } from '../../format/log/segment.js';
import { disk } from '../disk.js';
import { namesIn, onDisk, readIfThere, writeAtomic } from '../files.js';
import type { Layout } from '../layout.js';
import { OpenSegment } from './open-segment.js';

const NAME = /^[0-9a-f]{64}\.segment$/;

/** A segment that is kept. */
export interface KeptSegment {
  readonly file: string;
  readonly opened: OpenSegment;
}

/** Keeps a verified segment, durably; one that is kept already is left as it is. */
export function keepPast(layout: Layout, bytes: Buffer): void {
  const file = path.join(layout.pasts, `${createHash('sha256').update(bytes).digest('hex')}.segment`);
  if (!disk.exists(file)) writeAtomic(file, bytes);
}

/** What is kept, ascending by first seq. What does not read as a segment is passed over. */
export function keptPasts(layout: Layout): KeptSegment[] {
  const kept = keptIn(layout).flatMap((name) => readKept(path.join(layout.pasts, name)));
  return kept.sort((a, b) => a.opened.segment.first - b.opened.segment.first);
}

/** Whether anything is. */
export function hasPasts(layout: Layout): boolean {
  return keptIn(layout).length > 0;
}

/** Forgets what was written again. */
export function forgetPasts(kept: readonly KeptSegment[]): void {
  for (const { file } of kept) onDisk(`removing ${file}`, () => disk.remove(file));
}

function readKept(file: string): KeptSegment[] {
  const bytes = readIfThere(file);
  try {
    return bytes ? [{ file, opened: new OpenSegment(decodeSegment(bytes)) }] : [];
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}

function keptIn({ pasts }: Layout): string[] {
  return namesIn(pasts).filter((name) => NAME.test(name));
}
