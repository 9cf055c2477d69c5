// Rot, planted: every way in which a file, or a commit in a pack, can be damaged on a disk.
import fs from 'node:fs';
import path from 'node:path';

/** A way to damage a file. */
export type Harm = 'flip' | 'cut' | 'remove' | 'zero' | 'grow';

/** A part of a file that is to be damaged: bytes [from, end). */
export interface Part {
  readonly file: string;
  readonly from: number;
  readonly end: number;
}

const HEADER_SIZE = 40;

/** Does it; `where` in [0, 1) says where in the part. */
export function harm({ file, from, end }: Part, how: Harm, where = 0.5): void {
  const bytes = fs.readFileSync(file);
  const at = from + Math.floor(where * (end - from));
  if (how === 'remove') fs.rmSync(file);
  else if (how === 'cut') fs.truncateSync(file, at);
  else if (how === 'grow') fs.appendFileSync(file, 'satchel, or what was left of another file');
  else {
    if (how === 'zero') bytes.fill(0, from, end);
    else bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    fs.writeFileSync(file, bytes);
  }
}

/** Every commit in the packs of a repository, as it lies there. */
export function framesIn(directory: string): Part[] {
  const packs = path.join(directory, '.satchel', 'objects', 'packs');
  return namesOf(packs).flatMap((name) => partsOf(path.join(packs, name)));
}

/** All files of a repository below some of its folders, whole. */
export function filesIn(directory: string, ...folders: readonly string[]): Part[] {
  return folders.flatMap((folder) => walk(path.join(directory, '.satchel', folder)));
}

function partsOf(file: string): Part[] {
  const bytes = fs.readFileSync(file);
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + HEADER_SIZE + Number(bytes.readBigUInt64BE(at + 8));
    parts.push({ file, from: at, end });
    at = end;
  }
  return parts;
}

function walk(place: string): Part[] {
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [{ file: place, from: 0, end: stat.size }];
  return namesOf(place).flatMap((name) => walk(path.join(place, name)));
}

function namesOf(directory: string): string[] {
  return fs.existsSync(directory) ? fs.readdirSync(directory).sort() : [];
}
