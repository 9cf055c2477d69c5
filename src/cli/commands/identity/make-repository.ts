// A repository that comes to be with what its first command puts into it (spec/repository.md).
import { createRepository, sealRepository } from '../../../repository/create.js';
import { makeDirectory } from '../../../repository/files.js';
import { acquireLock } from '../../../repository/lock.js';
import { writeSetting } from '../../command/config.js';
import type { Context } from '../../command/context.js';

/** Under the lock, so that of two at once only one makes it; a killed one leaves nothing that is in the way. */
export async function makeRepository<T>(context: Context, directory: string, fill: () => Promise<T>): Promise<T> {
  makeDirectory(directory);
  const release = acquireLock(createRepository(directory).lock, context.lockTimeoutMs);
  try {
    const layout = createRepository(directory);
    const made = await fill();
    sealRepository(layout);
    // repositories made before there was sealing have no such line, and stay open until their users decide
    writeSetting(directory, 'seal', true);
    return made;
  } finally {
    release();
  }
}
