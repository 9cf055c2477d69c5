// Places that are no folders, named by a URL (spec/drive.md, "At a URL").
import { SatchelError } from '../../format/error.js';
import { unicodePattern } from '../../format/unicode-pattern.js';

const control = unicodePattern(String.raw`\p{Cc}`);

/** A single letter is a volume of Windows. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*:[^/?#]*@/;

/** Whether a word names a place by a URL; a folder of such a name is written with `./` in front. */
export function isUrl(word: string): boolean {
  return SCHEME.test(word);
}

/** What it begins with, up to the colon. */
export function schemeOf(url: string): string {
  return SCHEME.exec(url)?.[1] ?? '';
}

/** What stands behind the colon. */
export function restOf(url: string): string {
  return url.slice(schemeOf(url).length + 1);
}

/** The last word of a URL's path, else its host; what a drive there may be called. Empty where there is neither. */
export function placeName(url: string): string {
  const [place = ''] = url.split(/[?#]/, 1);
  const name = place.split('/').findLast((part) => part !== '') ?? '';
  // behind whom it is for, or a remote; before a port
  const parts = name.split(/[:@]/);
  const isWithPort = parts.length > 1 && /^\d+$/.test(parts.at(-1) ?? '');
  return parts.at(isWithPort ? -2 : -1) ?? '';
}

/** The words of a command line in a URL: blanks separate them, and `%20` stands for one in a word. @throws SatchelError `usage` */
export function wordsOf(text: string): string[] {
  const words = text.split(/ +/).filter((word) => word !== '');
  return words.map((word) => {
    const text = decoded(word);
    if (control().test(text)) throw new SatchelError('usage', 'there are control characters in a URL');
    return text;
  });
}

/** Whether the host of a URL is this computer itself. */
export function isThisComputer(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** A part of a URL with what its `%` stand for. @throws SatchelError `usage` where one stands for nothing */
export function decoded(part: string): string {
  const text = tryDecoded(part);
  if (text !== undefined) return text;
  throw new SatchelError('usage', `"${part}" has a % that stands for nothing`, { hint: 'write %25 for a %' });
}

/** The same of what somebody else said; undefined where a `%` stands for nothing. */
export function tryDecoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Passes a URL that may be remembered and shown. @throws SatchelError `usage` for one with a password, or with control characters */
export function assertShowable(url: string): void {
  if (control().test(url)) throw new SatchelError('usage', 'there are control characters in a URL');
  if (!WITH_PASSWORD.test(url)) return;
  throw new SatchelError('usage', 'there is a password in a URL, which would be remembered and shown', {
    hint: 'leave it out: "satchel config get drive.credentials" names the file where passwords are looked for',
  });
}
