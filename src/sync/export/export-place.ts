// Where an exported bundle goes, and what it may replace there (spec/cli.md, "Export").

import path from 'node:path';
import type { Manifest } from '../../format/bundle/manifest.js';
import { blobDigest } from '../../format/bundle/members.js';
import { openManifest } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { isSealed, readSealedHeader } from '../../format/sealed/header.js';
import { payloadContent } from '../../format/sealed/payload.js';
import type { ByteSource } from '../../format/source.js';
import { unicodePattern } from '../../format/unicode-pattern.js';
import type { FileKeys } from '../../identity/file-keys.js';
import type { Self } from '../../identity/self.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { openFile } from '../import/source.js';
import type { ExportTarget } from './export-target.js';
import type { SealedFile } from './written.js';

const marks = unicodePattern(String.raw`\p{M}`, 'g');

/** A directory, in which the bundle gets a new name, or the name of the file itself. */
export type ExportPlace =
  | { readonly kind: 'directory'; readonly directory: string }
  | { readonly kind: 'file'; readonly file: string };

/** Who exports for whom: what an older bundle in the same place must agree with. */
export interface ExportClaim {
  readonly device: DeviceKey;
  /** Everybody the export is for; empty for whoever finds it. */
  readonly for: readonly PersonId[];
  /** It only says what is held and lacked: then no bundle with anything in it is replaced. */
  readonly isStatement?: boolean;
}

const SLUG_MAX = 24;
const DEVICE_DIGITS = 6;
/** Of its digest, in the name of a sealed file. */
const SEALED_DIGITS = 24;

/** What the given name of a file or directory means; without one, the current directory. */
export function exportPlace(given: string | undefined): ExportPlace {
  if (given === undefined) return { kind: 'directory', directory: '.' };
  const stat = onDisk(`looking at ${given}`, () => disk.stat(given));
  if (stat?.isDirectory() || /[/\\]$/.test(given)) return { kind: 'directory', directory: given };
  return { kind: 'file', file: given };
}

/** Where the bundle of that serial goes. */
export function targetIn(place: ExportPlace, self: Pick<Self, 'name' | 'device'>, serial: number): ExportTarget {
  if (place.kind === 'file') return place.file;
  const { directory } = place;
  return {
    directory,
    nameOf: ({ sealed }) => nameIn(directory, sealed ? sealedStem(sealed) : bundleStem(self, serial)),
  };
}

/**
 * A file name in `directory` that is not taken; nothing is ever parsed from it.
 * @throws SatchelError `io` when the directory is not there
 */
export function nameIn(directory: string, stem: string): string {
  if (!disk.exists(directory)) throw noDirectory(directory);
  for (let i = 1; ; i++) {
    const file = path.join(directory, `${stem}${i === 1 ? '' : `-${i}`}.satchel`);
    if (!disk.exists(file)) return file;
  }
}

/** The name of a sealed file says nothing of who made it. */
function sealedStem({ digest }: SealedFile): string {
  return digest.slice(0, SEALED_DIGITS);
}

/** A file name without its ending, of `[a-z0-9-]`: own name, device, serial. For people; never parsed. */
export function bundleStem({ name, device }: Pick<Self, 'name' | 'device'>, serial: number): string {
  const slug = name
    .normalize('NFKD')
    .replace(marks(), '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const short = slug.slice(0, SLUG_MAX).replace(/^-|-$/g, '');
  return `${short || 'satchel'}-${device.slice(0, DEVICE_DIGITS)}-${serial}`;
}

/**
 * Passes places where the bundle may be put. A file that is there is replaced only when it is an older bundle of the
 * same device for none but the same people: whatever they have not acknowledged of it is in the new one too. Of a sealed
 * file that is known when one of `keys` opens it.
 * @throws SatchelError `usage` when something else is there, `io` when the directory is not
 */
export async function assertPlace(place: ExportPlace, claim: ExportClaim, keys?: FileKeys): Promise<void> {
  const directory = place.kind === 'directory' ? place.directory : path.dirname(place.file);
  if (!onDisk(`reading ${directory}`, () => disk.stat(directory))?.isDirectory()) {
    throw noDirectory(directory);
  }
  if (place.kind === 'directory') return;
  const stat = onDisk(`reading ${place.file}`, () => disk.statLink(place.file));
  if (!stat) return;
  if (!stat.isFile()) throw taken(place.file, 'is there and is not a regular file', 'name another with -o, or "-o -"');
  const complaint = complaintAbout(await readManifest(place.file, keys), claim);
  if (complaint) throw taken(place.file, complaint, 'nothing is overwritten; name another with -o, or leave -o out');
}

function complaintAbout(manifest: Manifest | 'closed' | undefined, claim: ExportClaim): string | undefined {
  if (manifest === 'closed') return 'is sealed, and no key here opens it';
  if (!manifest) return 'is there already and is no bundle';
  if (manifest.key !== claim.device) return 'is a bundle that somebody else made';
  if (claim.isStatement) return holdsAnything(manifest) ? 'is a bundle with something in it' : undefined;
  const isForAll = manifest.for.length === 0;
  const isCovered = isForAll ? claim.for.length === 0 : manifest.for.every((person) => claim.for.includes(person));
  return isCovered ? undefined : 'is a bundle that you made for somebody else';
}

function holdsAnything({ segments, members }: Manifest): boolean {
  return segments > 0 || members.some(({ name }) => blobDigest(name));
}

async function readManifest(file: string, keys: FileKeys | undefined): Promise<Manifest | 'closed' | undefined> {
  const source = openFile(file);
  try {
    const bundle = isSealed(source) ? await unsealed(source, keys) : source;
    return bundle ? openManifest(bundle).manifest : 'closed';
  } catch (error) {
    if (error instanceof SatchelError && error.exit >= 20) return undefined;
    throw error;
  } finally {
    source.close();
  }
}

/** What is in a sealed file; undefined when it does not open here. */
async function unsealed(source: ByteSource, keys: FileKeys | undefined): Promise<ByteSource | undefined> {
  const header = readSealedHeader(source);
  const found = await keys?.(header);
  return found && payloadContent(source, { headerEnd: header.bytes.length, fileKey: found.fileKey });
}

function noDirectory(directory: string): SatchelError {
  return new SatchelError('io', `no directory ${directory}`, { hint: 'make it, or name another with -o' });
}

function taken(file: string, what: string, hint: string): SatchelError {
  return new SatchelError('usage', `${file} ${what}`, { hint });
}
