// Which URLs name the other end of a stream, and not a drive (spec/cli.md, "Streams").
import { schemeOf } from '../medium/url.js';

/** Standard input and output, of which somebody else knows where they go. */
export const OWN_PIPE = '-';

/** Whether a word does. */
export function isStreamUrl(word: string): boolean {
  return word === OWN_PIPE || SCHEMES.includes(schemeOf(word));
}

const SCHEMES: readonly string[] = ['ssh', 'unix', 'tcp', 'serial', 'cmd'];
