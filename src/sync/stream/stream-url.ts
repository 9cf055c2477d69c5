// Which URLs name the other end of a stream, and not a drive (spec/cli.md, "Streams").
import { schemeOf } from '../medium/url.js';

/** Whether a word does. */
export function isStreamUrl(word: string): boolean {
  return SCHEMES.includes(schemeOf(word));
}

const SCHEMES: readonly string[] = ['ssh', 'unix'];
