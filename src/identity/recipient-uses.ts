// What the own keys were used for that files are sealed to, by their public halves (spec/repository.md, "Journal").
import type { DeviceKey } from '../format/ids.js';
import { layoutOf } from '../repository/layout.js';
import { readState, writeState } from '../repository/state.js';
import type { Uses } from './rotation.js';

/** The own key that a device of somebody else sealed its newest file to that was opened here. */
export interface SealedTo {
  readonly device: DeviceKey;
  /** The key's public half, hex. */
  readonly recipient: string;
  /** When the file was made, ms on the device's clock. */
  readonly made: number;
}

const DAY_MS = 86_400_000;

/** Uses by public half, hex; of a key that was never noted nothing is known. */
export function readUses(directory: string): ReadonlyMap<string, Uses> {
  const { keys = [] } = readState(layoutOf(directory), 'recipients') ?? {};
  return new Map(keys.map(({ recipient, ...uses }) => [recipient, uses]));
}

/** Notes that a bundle with a card that has the key was written, the first time. Only under the lock. */
export function notePublished(directory: string, recipient: string, now: number): void {
  const uses = readUses(directory);
  if (uses.get(recipient)?.published === undefined) write(directory, uses, recipient, { published: now });
}

/** Notes that the key opened a file, once a day. */
export function noteOpened(directory: string, recipient: string, now: number): void {
  const uses = readUses(directory);
  const { opened } = uses.get(recipient) ?? {};
  if (opened === undefined || Math.abs(now - opened) >= DAY_MS) write(directory, uses, recipient, { opened: now });
}

/** What each device sealed to last. */
export function readSealedTo(directory: string): readonly SealedTo[] {
  return readState(layoutOf(directory), 'recipients')?.by ?? [];
}

/** Notes what a device sealed a file to, unless a newer one of it is known. Only under the lock. */
export function noteSealed(directory: string, sealed: SealedTo): void {
  const by = readSealedTo(directory);
  const before = by.find(({ device }) => device === sealed.device);
  if (before && before.made >= sealed.made) return;
  const others = by.filter(({ device }) => device !== sealed.device);
  writeNotes(directory, readUses(directory), [...others, sealed].slice(-DEVICES_NOTED));
}

/** Forgets the uses of keys that are gone. */
export function keepUses(directory: string, recipients: readonly string[]): void {
  const uses = readUses(directory);
  const kept = new Map([...uses].filter(([recipient]) => recipients.includes(recipient)));
  if (kept.size < uses.size)
    writeNotes(
      directory,
      kept,
      readSealedTo(directory).filter(({ recipient }) => kept.has(recipient)),
    );
}

function write(directory: string, uses: ReadonlyMap<string, Uses>, recipient: string, more: Uses): void {
  const all = new Map([...uses, [recipient, { ...uses.get(recipient), ...more }]]);
  writeNotes(directory, all, readSealedTo(directory));
}

function writeNotes(directory: string, uses: ReadonlyMap<string, Uses>, by: readonly SealedTo[]): void {
  const keys = [...uses].map(([recipient, one]) => ({ recipient, ...one }));
  writeState(layoutOf(directory), 'recipients', { keys, ...(by.length > 0 && { by }) });
}

/** Devices of which it is noted, at most. */
const DEVICES_NOTED = 4_096;
