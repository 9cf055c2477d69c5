// Mail headers as they really come: folded, repeated, in other charsets, or not as any standard says.

/** The fields of one mail; a name may occur several times. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** A mail taken apart at its first empty line. */
export interface RawMail {
  readonly headers: Headers;
  readonly body: string;
}

/** Takes a mail apart; lines before the body that are no header count as none. */
export function parseMail(text: string): RawMail {
  const cut = /\r?\n\r?\n/.exec(text);
  const head = cut ? text.slice(0, cut.index) : text;
  const body = cut ? text.slice(cut.index + cut[0].length) : '';
  const headers = new Map<string, string[]>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value.trim()]);
  }
  return { headers, body };
}

/** The first field of that name that says anything. */
export function header(headers: Headers, name: string): string | undefined {
  return headers.get(name)?.find((value) => value !== '');
}

/** Every address in a field, lower case. */
export function addressesIn(value: string | undefined): string[] {
  return [...(value ?? '').matchAll(/[^\s<>"',;:()[\]]+@[^\s<>"',;:()[\]]+/g)].map(([address]) =>
    address.toLowerCase(),
  );
}

/** Every message id in a field, as written between the angle brackets. */
export function messageIdsIn(value: string | undefined): string[] {
  return [...(value ?? '').matchAll(/<([^<>\s]+)>/g)].flatMap(([, id]) => id ?? []);
}

/** The name that a From field shows people; empty when it shows none. */
export function displayName(value: string | undefined): string {
  const text = decodeWords(value ?? '');
  const before = /^\s*"?([^"<]*?)"?\s*</.exec(text)?.[1];
  const comment = /\(([^()]+)\)/.exec(text)?.[1];
  return (before || comment || text.split('@')[0] || '').trim();
}

/** Encoded words (RFC 2047) as text; what is none stays as it is. */
function decodeWords(value: string): string {
  const joined = value.replace(/(=\?[^?\s]+\?[bq]\?[^?\s]*\?=)\s+(?==\?)/gi, '$1');
  return joined.replace(/=\?([^?\s*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, (word, charset, kind, text) => {
    const bytes = kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedBytes(text);
    return decodeCharset(bytes, charset) ?? word;
  });
}

/**
 * Milliseconds since 1970 that a mail program takes a Date field for, with the old forms of RFC 5322 (years of two
 * digits, named zones, comments, a missing weekday); undefined when it takes it for none.
 */
export function parseDate(value: string | undefined): number | undefined {
  const found = DATE.exec((value ?? '').replace(/\([^()]*\)/g, ' '));
  if (!found) return undefined;
  const [, day, name, year, hour, minute, second, zone] = found;
  const month = MONTHS.indexOf((name ?? '').toLowerCase());
  if (month < 0) return undefined;
  const local = Date.UTC(fullYear(year ?? ''), month, Number(day), Number(hour), Number(minute), Number(second ?? 0));
  return local - zoneMinutes(zone) * 60_000;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DATE =
  /(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{2,4})[\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([+-]\d{4}|[a-z]{1,5})?/i;
const ZONES: Readonly<Record<string, number>> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

/** A zone that nobody knows counts as UTC. */
function zoneMinutes(zone = ''): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return (ZONES[zone.toUpperCase()] ?? 0) * 60;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function quotedBytes(text: string): Buffer {
  const plain = text.replace(/_/g, ' ').replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

function decodeCharset(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return undefined;
  }
}
