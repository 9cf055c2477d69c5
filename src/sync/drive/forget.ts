// Forgetting a drive: what was seen on it, what was sent to it, and what was decided about it (spec/cli.md, "drive forget").
import type { Repository } from '../../repository/repository.js';
import { forgetSent } from '../known/pending-statements.js';
import { forgetDecision } from './choices.js';
import { forgetMemory } from './memory.js';
import { forgetOneWay } from './one-way-memory.js';
import { forgetStores } from './store-memory.js';

/** Forgets all of it; the next visit is like a first one. Only under the repository's lock. */
export function forgetDrive(repository: Repository, drive: string): void {
  forgetDecision(repository.directory, drive);
  forgetSent(repository, (destination) => destination.startsWith(`${drive}/`));
  forgetOneWay(repository.layout, drive);
  forgetStores(repository.layout, drive);
  forgetMemory(repository.layout, drive);
}
