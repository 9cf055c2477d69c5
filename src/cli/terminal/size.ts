// Amounts for people.
import { SatchelError } from '../../format/error.js';

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `17 bytes`, `1.5 KiB`, `23 MiB`. */
export function formatSize(sizeBytes: number): string {
  if (sizeBytes < 1024) return plural(sizeBytes, 'byte');
  let size = sizeBytes / 1024;
  let unit = 0;
  while (size >= 1023.95 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** `1.5 MiB of attachments`. */
export function attachmentsOf(sizeBytes: number): string {
  return `${formatSize(sizeBytes)} of attachments`;
}

/** The bytes meant by `500`, `8M`, `128 MiB` or `1.5g` (powers of 1024), or undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] =
    /^(\d{1,12}(?:\.\d{1,3})?) ?(?:([kmgt])(?:i?b)?|b(?:ytes?)?)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  const sizeBytes = Math.floor(Number(amount) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' '));
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined;
}

/** The same for the value of an option. @throws SatchelError `usage` */
export function sizeOf(option: string, text: string): number {
  const size = parseSize(text);
  if (size !== undefined) return size;
  throw new SatchelError('usage', `${option} is "${text}", expected a size`, { hint: 'such as 500K, 8M or 1.5G' });
}

/** `1 message`, `3 messages`, `2 entries`. */
export function plural(count: number, one: string, many = pluralOf(one)): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `1 message or receipt`, `7 new messages and receipts`: what is counted without a look at what it is. */
export function piecesOf(count: number, kind?: 'new'): string {
  const before = kind === undefined ? '' : `${kind} `;
  return plural(count, `${before}message or receipt`, `${before}messages and receipts`);
}

function pluralOf(one: string): string {
  return /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`;
}
