// When garbage collection runs by itself (spec/repository.md, "Garbage collection"): asked by every command that wrote
// something, and nearly always answered with no, without what it would take to do it.
import type { Repository } from '../repository/repository.js';

/** After so many further runs of entries a command that wrote something tidies up. */
const LOOSE_MAX = 4_096;

/** Whether so much has gathered since the last garbage collection that another one pays. */
export function isTidyingDue(repository: Repository): boolean {
  return repository.loose >= LOOSE_MAX;
}
