// Whether a repository is being wiped: from the first thing that goes on it is none any more (spec/repository.md, "Wiping").
import { SatchelError } from '../format/error.js';
import { disk } from './disk.js';
import { layoutOf } from './layout.js';

/** Passes a directory whose repository, if there is one, is not being wiped. @throws SatchelError `no-repository` */
export function assertNotWiping(directory: string): void {
  if (!disk.exists(layoutOf(directory).wiping)) return;
  throw new SatchelError('no-repository', `the repository in ${directory} was being wiped`, {
    hint: 'run "satchel wipe --yes" to finish; it can not be brought back',
  });
}
