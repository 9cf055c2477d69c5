// Where a person publishes: URLs that it tells its contacts (spec/devices.md, "Person log"). Of an alphabet that no shell takes for
// anything else: people are told to run a command with one that somebody else wrote.
import { SatchelError } from '../format/error.js';
import { ADDRESS_MAX, ADDRESSES_MAX } from '../format/limits.js';
import { readSelf, type Self, writeSelf } from './self.js';

const ADDRESS = /^https:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?(\/[A-Za-z0-9._~%@+=,:/-]*)?$/;

/** Whether this can be where somebody publishes. */
export function isAddress(text: string): boolean {
  return text.length <= ADDRESS_MAX && ADDRESS.test(text);
}

/** Those that a person is told. @throws SatchelError `usage` for something else, and for too many */
export function parseAddresses(texts: readonly string[]): string[] {
  const wrong = texts.find((text) => !isAddress(text));
  if (wrong !== undefined)
    throw new SatchelError('usage', `"${wrong}" is no address where others can read`, {
      hint: `it is a URL such as https://ana.example/satchel, of at most ${ADDRESS_MAX} characters`,
    });
  const different = [...new Set(texts)];
  if (different.length <= ADDRESSES_MAX) return different;
  throw new SatchelError('usage', `there are at most ${ADDRESSES_MAX} addresses, found ${different.length}`);
}

/** Replaces the addresses that this device tells; durable when it returns. Only under the repository's lock. */
export function setAddresses(directory: string, addresses: readonly string[]): Self {
  const { at: _, ...before } = readSelf(directory);
  const self: Self = addresses.length > 0 ? { ...before, at: addresses } : before;
  writeSelf(directory, self);
  return self;
}
