// Why what could not be shown once is not looked at each time: as long as nothing changed that decided about it, it cannot be
// shown now either (spec/repository.md, "Consumers").
import { sha256 } from '../../format/platform.js';
import type { Repository } from '../../repository/repository.js';
import { readHidden } from '../reading/hidden.js';
import type { Consumer } from './consumer.js';

/** What decided, in one word. Blocked people are not in it: of their logs nothing is looked at. */
export interface Judgement {
  readonly by: string;
  /** On the own clock, ms. */
  readonly at: number;
}

/** What decides now: what is hidden here, contradictions, what rotted, what this program understands. */
export function judgementNow(repository: Repository): Judgement {
  const { frozen, damage, world, directory } = repository;
  const deciding = [[...readHidden(directory)], [...frozen].sort(), damage.at, damage.arrival, world.built ?? 0];
  return { by: sha256(Buffer.from(JSON.stringify(deciding))).slice(0, 16), at: world.now() };
}

/** Whether what could not be shown then cannot now: clocks that go back bring back what had expired. */
export function stillHolds({ judgedBy, judgedAt }: Consumer, now: Judgement): boolean {
  return judgedBy === now.by && judgedAt <= now.at;
}
