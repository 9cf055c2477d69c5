// The one store for small files (spec/repository.md, "Small files"): what was *decided* and is bad is `damaged` and names
// the file and the way on; what is *derived* and is bad counts as absent, and `check` reports it.

import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { disk } from './disk.js';
import { onDisk, readIfThere, writeAtomic } from './files.js';
import { type Layout, REPOSITORY_VERSION } from './layout.js';
import { sealState, unsealState } from './state/checksum.js';
import type { misfit, Shaped } from './state/shapes.js';
import { entryOf, pathOfState, type StateName } from './state/table.js';
import { noteUnwritten } from './state/unwritten.js';

/** A small file with a shape, and one of bytes. */
export type ShapedName = keyof Shaped;
export type BytesName = Exclude<StateName, ShapedName>;
/** What a small file holds. */
export type Stored<N extends ShapedName> = Shaped[N];

/** What stands in a file: a value, nothing, or something that is wrong. */
export type Found = { readonly value: unknown } | { readonly problem: string; readonly isNewer?: boolean } | undefined;

let shapes: { readonly misfit: typeof misfit } | undefined;

/** Loads the shapes that files without a checksum are read by; who opens a repository of version 0.1 awaits it first. */
export async function loadShapes(): Promise<void> {
  shapes ??= await import('./state/shapes.js');
}

/** Whether {@link loadShapes} was awaited. */
export function hasShapes(): boolean {
  return shapes !== undefined;
}

/** Whether every small file of the repository bears a checksum: one without is bad then. */
export function isSealed(layout: Layout): boolean {
  const file = path.join(layout.root, pathOfState('written', []));
  return onDisk(`reading ${file}`, () => disk.stat(file) !== undefined);
}

/** Whether there is a repository whose small files may lack checksums: of version 0.1, or one that 0.1 began. */
export function isBeforeChecksums(layout: Layout): boolean {
  return !isSealed(layout) && disk.exists(layout.format);
}

/**
 * What a small file holds; undefined when it is not there, or derived and bad.
 * @throws SatchelError `damaged` when it was decided and is bad, `newer-version`, `io`
 */
export function readState<N extends ShapedName>(layout: Layout, name: N, ...keys: string[]): Stored<N> | undefined {
  return goodValue(layout, name, keys) as Stored<N> | undefined;
}

/** The bytes of a derived file; undefined when it is not there, or bad. @throws SatchelError `io` */
export function readStateBytes(layout: Layout, name: BytesName, ...keys: string[]): Buffer | undefined {
  return goodValue(layout, name, keys) as Buffer | undefined;
}

/**
 * Replaces a small file: one that was decided durably, another one unless it says so already. One that may be lost is left
 * as it was when the disk does not let it be written, which {@link takeUnwritten} tells.
 * @throws SatchelError `io`, `no-space` for what must not be lost
 */
export function writeState<N extends ShapedName>(layout: Layout, name: N, value: Stored<N>, ...keys: string[]): void {
  const { form, isDurable } = entryOf(name);
  // what was decided is laid out so that its user can read it
  const json = JSON.stringify(value, undefined, isDurable ? 1 : undefined);
  write(layout, name, keys, Buffer.from(form === 'text' ? String(value) : `${json}\n`));
  if (entryOf(name).kind === 'decided') noteDecided(layout, pathOfState(name, keys));
}

/** The same for a file of bytes. */
export function writeStateBytes(layout: Layout, name: BytesName, bytes: Buffer, ...keys: string[]): void {
  write(layout, name, keys, bytes);
}

/**
 * Takes a small file away, durably; what was decided in it is to count no longer.
 * @throws SatchelError `io`
 */
export function removeState(layout: Layout, name: ShapedName, ...keys: string[]): void {
  const at = pathOfState(name, keys);
  const file = path.join(layout.root, at);
  const decided = readState(layout, 'written')?.decided ?? [];
  // before it is gone: else `check` would miss it
  if (decided.includes(at))
    writeWritten(
      layout,
      decided.filter((one) => one !== at),
    );
  onDisk(`removing ${file}`, () => {
    disk.remove(file);
    disk.syncNames(path.dirname(file));
  });
}

/** Where a small file lies. */
export function fileOfState(layout: Layout, name: StateName, ...keys: string[]): string {
  return path.join(layout.root, pathOfState(name, keys));
}

/** That a small file is bad: code `damaged`, with the way on. */
export function damagedState(layout: Layout, name: StateName, problem: string): SatchelError {
  return new SatchelError('damaged', `${fileOfState(layout, name)} ${problem}`, { hint: entryOf(name).wayOn });
}

/** What stands in the file at a path below `.satchel`. @throws SatchelError `io` */
export function findState(layout: Layout, name: StateName, at: string): Found {
  const bytes = readIfThere(path.join(layout.root, at));
  if (!bytes) return findBefore(layout, name);
  const unsealed = unsealState(at, bytes);
  if ('content' in unsealed) return parse(name, unsealed.content);
  if (unsealed.problem === 'wrong-checksum') return { problem: 'does not match its checksum' };
  if (unsealed.problem === 'newer-version') return { problem: 'was made by a newer version', isNewer: true };
  return isSealed(layout) || !shapes ? { problem: 'has no checksum' } : parseUnsealed(name, bytes);
}

/** What stands where version 0.1 had it. */
function findBefore(layout: Layout, name: StateName): Found {
  const { before } = entryOf(name);
  const bytes = before === undefined || isSealed(layout) ? undefined : readIfThere(path.join(layout.root, before));
  if (!bytes) return undefined;
  return shapes ? parseUnsealed(name, bytes) : { problem: 'has no checksum' };
}

function parseUnsealed(name: StateName, bytes: Buffer): Found {
  const found = parse(name, bytes);
  const problem = found && 'value' in found ? misfitOf(name, found.value) : undefined;
  return problem === undefined ? found : { problem };
}

/** What does not fit in a value, in words; of bytes that is not known. */
export function misfitOf(name: StateName, value: unknown): string | undefined {
  if (entryOf(name).form === 'bytes') return undefined;
  const problem = shapes?.misfit(name as ShapedName, value);
  return problem === undefined ? undefined : `is not as it should be: ${problem}`;
}

function parse(name: StateName, content: Buffer): Found {
  const { form } = entryOf(name);
  if (form === 'bytes') return { value: content };
  if (form === 'text') return { value: content.toString('utf8') };
  try {
    return { value: JSON.parse(content.toString('utf8')) };
  } catch {
    return { problem: 'is not valid JSON' };
  }
}

function goodValue(layout: Layout, name: StateName, keys: readonly string[]): unknown {
  const found = findState(layout, name, pathOfState(name, keys));
  if (found === undefined) return undefined;
  if ('value' in found) return found.value;
  const { kind, wayOn } = entryOf(name);
  if (kind === 'derived') return undefined;
  const file = fileOfState(layout, name, ...keys);
  if (found.isNewer) throw new SatchelError('newer-version', `${file} ${found.problem}`, { hint: 'update satchel' });
  throw new SatchelError('damaged', `${file} ${found.problem}`, { hint: wayOn });
}

function write(layout: Layout, name: StateName, keys: readonly string[], content: Buffer): void {
  const at = pathOfState(name, keys);
  const file = path.join(layout.root, at);
  const bytes = sealState(at, content);
  if (entryOf(name).isDurable) {
    writeAtomic(file, bytes);
    return;
  }
  noteUnwritten(file, () => {
    // to replace a file costs milliseconds
    if (readIfThere(file)?.equals(bytes)) return;
    writeAtomic(file, bytes, { durable: false });
  });
}

/** Remembers which files hold decisions, so that one that goes missing is noticed. */
function noteDecided(layout: Layout, at: string): void {
  if (!isSealed(layout)) return;
  const decided = readState(layout, 'written')?.decided ?? [];
  if (!decided.includes(at)) writeWritten(layout, [...decided, at]);
}

/** The version of the repository that `refs/state` names; a later one's file may be of a form that is not known here. */
export function saidVersion(layout: Layout): number | 'unsaid' | 'unreadable' {
  const found = findState(layout, 'written', pathOfState('written', []));
  if (found === undefined) return 'unsaid';
  if ('problem' in found) return found.isNewer ? Number.POSITIVE_INFINITY : 'unreadable';
  const { format } = found.value as Partial<Stored<'written'>>;
  return typeof format === 'number' ? format : 'unsaid';
}

/** A small file as it is written: its path below `.satchel`, and its bytes with the checksum. */
export function stateFile<N extends ShapedName>(
  name: N,
  value: Stored<N>,
): { readonly at: string; readonly bytes: Buffer } {
  const at = pathOfState(name, []);
  return { at, bytes: sealState(at, Buffer.from(`${JSON.stringify(value)}\n`)) };
}

/** Says, durably, that every small file bears a checksum, and which of them hold decisions. */
export function writeWritten(layout: Layout, decided: readonly string[]): void {
  const { at, bytes } = stateFile('written', { format: REPOSITORY_VERSION, decided });
  writeAtomic(path.join(layout.root, at), bytes);
}
