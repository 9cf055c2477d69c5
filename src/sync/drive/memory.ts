// What this repository has itself verified on a drive, remembered by the files' digests (spec/drive.md, "What a drive
// holds"). What somebody's `contents` merely claims never suppresses an export and never lets a file be tidied away.

import path from 'node:path';
import {
  CONTENTS_RECORD_SIZE,
  type ContentsRecord,
  decodeContentsRecord,
  encodeContents,
} from '../../format/bundle/contents.js';
import { decodeFrontier, encodeFrontier, type Frontier } from '../../format/bundle/frontier.js';
import type { DeviceKey, Digest, PersonId, TopicId } from '../../format/ids.js';
import { disk } from '../../repository/disk.js';
import { namesIn, onDisk } from '../../repository/files.js';
import type { Layout } from '../../repository/layout.js';
import { acquireLock } from '../../repository/lock.js';
import { fileOfState, readState, readStateBytes, writeState, writeStateBytes } from '../../repository/state.js';
import { type ChunkOnDrive, decodeChunks, encodeChunks } from './chunks.js';

/** What the names of notes beside that of segments end with, behind the digest of the file. */
const NOTES = /\.(chunks|frontier)$/;

/** A bundle file as it was last seen. */
export interface SeenFile {
  readonly size: number;
  /** Modification time on the medium, ms; coarse, and of a stranger's clock: only ever compared with itself. */
  readonly mtime: number;
  /** SHA-256 of its first 64 KiB, which hold or begin the signed manifest. */
  readonly front: Digest;
  /** What the medium told by that it is this file, when its front was last read, and when that was, ms. */
  readonly tag?: string | undefined;
  readonly looked?: number;
  /** Of the whole file, once it was verified. */
  readonly digest?: Digest;
  /** With `digest`: of so many segments of it is remembered that they were verified. */
  readonly segments?: number;
  /** With `digest`: of so many chunks of attachments in it is remembered that they were. */
  readonly chunks?: number;
  /** With `digest`: of its frontier so many bytes are remembered; absent: it was not noted. */
  readonly stated?: number;
  /** With `digest`: when all of it was last read, ms. */
  readonly checked?: number;
  /** Who signed it, and when in that device's life. */
  readonly by?: DeviceKey;
  readonly made?: { readonly epoch: string; readonly serial: number; readonly created: number };
  /** When it was written here, ms, until it was read back long enough after that. */
  readonly written?: number;
  /** It holds proofs of contradictions. */
  readonly proofs?: boolean;
  /** All that it holds, and all that it says is held, is of this topic. */
  readonly topic?: TopicId;
  /** When this file was first seen there, as it is, ms. */
  readonly seen?: number;
  /** It is sealed, and was opened. */
  readonly sealed?: boolean;
  /** With `sealed`: whom its maker says that it is for. */
  readonly for?: readonly PersonId[];
  /** With `sealed`, of a file that was sealed here: the keys (hex) that it was sealed to. */
  readonly to?: readonly string[];
  /** It is sealed, and this key (hex) does not open it. */
  readonly tried?: string;
  /** Why it was not taken, if it was not. */
  readonly problem?: string;
  /** Entries that nobody here wanted were left in it; it may be wanted later. */
  readonly left?: boolean;
  /** Of veiled logs something was left in it without a word: nobody is told, and nobody here can judge what may become of it. */
  readonly passedBy?: boolean;
  /** With `left` or `passedBy`: what was decided about people and topics then; it is looked at again when that has changed. */
  readonly wants?: string;
}

/** What of a bundle was verified here. */
export interface VerifiedParts {
  readonly records: readonly ContentsRecord[];
  /** Chunks of attachments. */
  readonly chunks: readonly ChunkOnDrive[];
}

/** What is remembered of a bundle that was read: what was verified, and what its maker says there that it holds. */
export interface ReadParts extends VerifiedParts {
  /** Absent when nothing is to be noted of it. */
  readonly frontier?: Frontier | undefined;
}

/** What is remembered of one drive. */
export interface DriveMemory {
  readonly label: string;
  /** Where it was last seen. */
  readonly directory: string;
  /** First and last visit, ms. */
  readonly first: number;
  readonly last: number;
  readonly files: Readonly<Record<string, SeenFile>>;
  /** When each listed person was first seen listed, ms. */
  readonly listed?: Readonly<Record<PersonId, number>>;
  /** It was looked into, and never approved (approval.ts). */
  readonly unapproved?: boolean;
  /** Its marker says that what is added to it is open, and its user said so too. */
  readonly open?: boolean;
  /** So many sealed files there were left for want of the passphrase; absent: none. */
  readonly locked?: number;
  /** Of a drive at a URL: its user said once that what is not sealed may be put there. */
  readonly mayBeOpen?: boolean;
  /** People who were listed there once and are no more: nothing waits for them there. */
  readonly dropped?: readonly PersonId[];
  /** For each device that left a bundle here the time of its newest one, ms on its own clock. */
  readonly visitors?: Readonly<Record<DeviceKey, number>>;
}

/** Keeps other visits of this repository to the drive away until what it returns is called. @throws SatchelError `busy` */
export function lockDrive(layout: Layout, drive: string, timeoutMs: number): () => void {
  onDisk(`writing ${layout.journal}`, () => disk.makeDirectories(drivesFolder(layout)));
  return acquireLock(path.join(drivesFolder(layout), `${drive}.lock`), timeoutMs);
}

/** The memory of a drive; undefined before the first visit, and when the journal was lost. */
export function readMemory(layout: Layout, drive: string): DriveMemory | undefined {
  return readState(layout, 'drive', drive) as DriveMemory | undefined;
}

/** Ids of all drives remembered. */
export function rememberedDrives(layout: Layout): string[] {
  return namesIn(drivesFolder(layout))
    .flatMap((name) => /^([0-9a-f]{32})\.json$/.exec(name)?.[1] ?? [])
    .sort();
}

/** Replaces the memory; what was verified of files that are gone is forgotten. */
export function writeMemory(layout: Layout, drive: string, memory: DriveMemory): void {
  const kept = new Set(Object.values(memory.files).map((file) => file.digest));
  const folder = verifiedFolder(layout, drive);
  onDisk('writing the journal', () => {
    for (const name of namesIn(folder)) {
      if (!kept.has(name.replace(NOTES, '') as Digest)) disk.remove(path.join(folder, name));
    }
  });
  writeState(layout, 'drive', memory, drive);
}

/** Forgets what was seen on a drive. */
export function forgetMemory(layout: Layout, drive: string): void {
  onDisk('writing the journal', () => {
    disk.remove(fileOfState(layout, 'drive', drive));
    disk.removeTree(verifiedFolder(layout, drive));
  });
}

/** Remembers what of a file was verified here; what has none of it leaves no file behind. */
export function rememberVerified(layout: Layout, drive: string, digest: Digest, parts: ReadParts): void {
  const { records, chunks, frontier } = parts;
  if (records.length > 0) writeStateBytes(layout, 'verifiedSegments', encodeContents(records), drive, digest);
  if (chunks.length > 0) writeStateBytes(layout, 'verifiedChunks', encodeChunks(chunks), drive, digest);
  if (frontier?.size) writeStateBytes(layout, 'verifiedFrontier', encodeFrontier(frontier), drive, digest);
}

/** What a file's maker says in it that it holds; undefined when that was not noted, or forgotten. */
export function statedIn(layout: Layout, drive: string, { digest, stated }: SeenFile): Frontier | undefined {
  if (digest === undefined || stated === undefined) return undefined;
  if (stated === 0) return new Map();
  const bytes = readStateBytes(layout, 'verifiedFrontier', drive, digest);
  return bytes?.length === stated ? decodeFrontier(bytes) : undefined;
}

/**
 * What of a file was verified here; undefined when some of that was forgotten, which is not the same as a file without
 * anything: that one nobody needs.
 */
export function verifiedIn(layout: Layout, drive: string, file: SeenFile): VerifiedParts | undefined {
  const [records, chunks] = [verifiedSegments(layout, drive, file), verifiedChunks(layout, drive, file)];
  return records && chunks ? { records, chunks } : undefined;
}

/** The chunks of a file that were verified here; undefined when that was forgotten. */
export function verifiedChunks(
  layout: Layout,
  drive: string,
  { digest, chunks = 0 }: SeenFile,
): ChunkOnDrive[] | undefined {
  if (chunks === 0 || digest === undefined) return [];
  const noted = decodeChunks(readStateBytes(layout, 'verifiedChunks', drive, digest));
  return noted.length === chunks ? noted : undefined;
}

function verifiedSegments(layout: Layout, drive: string, file: SeenFile): ContentsRecord[] | undefined {
  const { digest, segments } = file;
  if (digest === undefined || segments === undefined) return undefined;
  if (segments === 0) return [];
  const bytes = readStateBytes(layout, 'verifiedSegments', drive, digest);
  if (bytes?.length !== segments * CONTENTS_RECORD_SIZE) return undefined;
  return Array.from({ length: bytes.length / CONTENTS_RECORD_SIZE }, (_, i) =>
    decodeContentsRecord(bytes, i * CONTENTS_RECORD_SIZE),
  );
}

function drivesFolder(layout: Layout): string {
  return path.join(layout.journal, 'drives');
}

function verifiedFolder(layout: Layout, drive: string): string {
  return path.join(drivesFolder(layout), drive);
}
