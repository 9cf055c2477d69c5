// A repository without anybody's identity, for tests of how segments are stored: no payload means anything there.
import type { Interpreter } from '../../src/repository/index/ingest.js';
import { Repository } from '../../src/repository/repository.js';

/** Understands no payload. */
export const NOTHING: Interpreter = {
  introduction: () => undefined,
  isVeiled: () => false,
  isSealed: () => false,
  opened: () => undefined,
  whyUnopened: () => undefined,
  placement: () => undefined,
  placed: () => undefined,
  among: () => NOTHING,
  clock: () => undefined,
  isAck: () => false,
  isEvent: () => false,
  isCopy: () => false,
  hasLinks: () => false,
};

/** Opens the repository in a directory, at the beginning of time. */
export function openBare(directory: string): Repository {
  const world = { now: () => 0, random: Buffer.alloc };
  return Repository.open(directory, { interpreter: NOTHING, world, lockTimeoutMs: 100 });
}
