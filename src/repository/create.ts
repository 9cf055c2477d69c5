// What makes a directory a repository: how one is made, and told from anything else (spec/repository.md).

import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { disk } from './disk.js';
import { namesIn, onDisk, writeAtomic } from './files.js';
import { type Layout, layoutOf, REPOSITORY_FORMAT } from './layout.js';
import { isSealed, writeWritten } from './state.js';
import { assertNotWiping } from './wiping.js';

/** Passes a directory without a repository; `hint` is the way on where there is one. @throws SatchelError `repository-exists`, `no-repository` where one is being wiped */
export function assertNoRepository(directory: string, hint = 'run "satchel whoami" to see whose it is'): void {
  const layout = layoutOf(directory);
  assertNotWiping(directory);
  if (disk.exists(layout.format)) {
    throw new SatchelError('repository-exists', `there is a repository in ${directory} already`, { hint });
  }
  if (!hasRemains(layout)) return;
  throw new SatchelError('damaged', `there is a repository in ${directory} whose file "format" is missing`, {
    hint: 'run "satchel repair"',
  });
}

/**
 * Makes an empty repository in `directory`.
 * @throws SatchelError `repository-exists` when there is one, `damaged` when there is what is left of one, `io` when the place cannot be written
 */
export function createRepository(directory: string): Layout {
  const layout = layoutOf(directory);
  assertNoRepository(directory);
  onDisk(`creating ${layout.root}`, () => {
    // what others of this machine's users wrote to each other is nobody else's business
    disk.makeDirectories(layout.root, 0o700);
    for (const made of [layout.packs, layout.blobs, layout.refs, layout.journal, layout.tmp])
      disk.makeDirectories(made);
    disk.makeDirectories(layout.keys, 0o700);
  });
  if (!isSealed(layout)) writeWritten(layout, []);
  return layout;
}

/** Whether there is somebody's repository, but for the file that says so: more than a killed `init` leaves. */
export function hasRemains({ packs, refs }: Layout): boolean {
  return (
    namesIn(packs).some((name) => name.endsWith('.pack')) ||
    namesIn(refs).some((name) => name === 'contacts.json' || name === 'topics.json')
  );
}

/** Marks a repository as complete: without this file it is none, so a killed `init` can run again. */
export function sealRepository(layout: Layout): void {
  // a power cut must not take the whole of it, nor leave the file that says that it is whole without the rest
  const parents = [path.dirname(layout.packs), layout.root, path.dirname(layout.root)];
  onDisk(`syncing ${layout.root}`, () => {
    for (const directory of parents) disk.syncNames(directory);
  });
  writeAtomic(layout.format, `${REPOSITORY_FORMAT}\n`);
}
