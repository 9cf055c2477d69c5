// Which URLs name the other end of a stream, and not a drive (spec/cli.md, "Streams").
import { schemeOf } from '../medium/url.js';

/** Standard input and output, of which somebody else knows where they go. */
export const OWN_PIPE = '-';

/** Whether a word does. */
export function isStreamUrl(word: string): boolean {
  return word === OWN_PIPE || SCHEMES.includes(schemeOf(withSmallScheme(word)));
}

/** The URL as this program writes it: a scheme counts the same in capitals. */
export function withSmallScheme(url: string): string {
  const [scheme = ''] = /^[A-Za-z]+:/.exec(url) ?? [];
  return `${scheme.toLowerCase()}${url.slice(scheme.length)}`;
}

const SCHEMES: readonly string[] = ['ssh', 'unix', 'tcp', 'serial', 'cmd'];
