// Which card of a device counts, and which serial its next one gets (spec/card.md, "Serials").
import { createHash } from 'node:crypto';
import { CARD_SERIAL_MAX, type Card } from './card.js';
import { storedCardBytes } from './stored-card.js';

/** A card of the same device that is known already: its serial, and its text. */
export interface KnownCard {
  readonly serial: number;
  readonly card: string;
}

/** Whether a card counts instead of a known one: by the higher serial, or with equal serials by the smaller SHA-256. */
export function countsOver({ serial, bytes }: Pick<Card, 'serial' | 'bytes'>, known: KnownCard): boolean {
  if (serial !== known.serial) return serial > known.serial;
  return digestOf(bytes) < digestOf(storedCardBytes(known.card));
}

/**
 * The serial of a device's next card: above its last one and above every one seen of it, and no less than the minutes since
 * 2026. So a device that was restored from a backup overtakes what it said before it was lost. `now` is in ms.
 */
export function nextCardSerial(known: { readonly last: number; readonly seen: number; readonly now: number }): number {
  const minutes = Math.floor((known.now - FIRST) / MINUTE_MS) || 0;
  return Math.min(CARD_SERIAL_MAX, Math.max(known.last + 1, known.seen + 1, minutes));
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const FIRST = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
