// What the own keys were used for that files are sealed to, by their public halves (spec/repository.md, "Journal").
import { layoutOf } from '../repository/layout.js';
import { readState, writeState } from '../repository/state.js';
import type { Uses } from './rotation.js';

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

/** Forgets the uses of keys that are gone. */
export function keepUses(directory: string, recipients: readonly string[]): void {
  const uses = readUses(directory);
  const kept = new Map([...uses].filter(([recipient]) => recipients.includes(recipient)));
  if (kept.size < uses.size) writeUses(directory, kept);
}

function write(directory: string, uses: ReadonlyMap<string, Uses>, recipient: string, more: Uses): void {
  writeUses(directory, new Map([...uses, [recipient, { ...uses.get(recipient), ...more }]]));
}

function writeUses(directory: string, uses: ReadonlyMap<string, Uses>): void {
  const keys = [...uses].map(([recipient, one]) => ({ recipient, ...one }));
  writeState(layoutOf(directory), 'recipients', { keys });
}
