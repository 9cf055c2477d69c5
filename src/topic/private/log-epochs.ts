// Which epochs a log uses, by their numbers in it (spec/veiled.md, "Writing"): told by its own entries each time, for what an
// opener remembers may be forgotten, and a number that is given away twice damages a log for good.
import type { EpochId, LogId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import { epochUnder } from '../message/interpret.js';
import { sealedControlsIn } from './control-entries.js';

/** Undefined stands for an epoch of which no key is here: its number is taken all the same. */
export type LogEpochs = ReadonlyMap<number, EpochId | undefined>;

/** The epochs under which a log has its introduction and control entries: of each that it uses some such entry stays. */
export function epochsOfLog(repository: Repository, log: LogId): LogEpochs {
  const epochs = new Map<number, EpochId | undefined>();
  const introduction = repository.entry(log, 0);
  if (introduction?.payload) epochs.set(0, epochUnder(repository, introduction, introduction.payload)?.id);
  for (const { entry, payload, veiled } of sealedControlsIn(repository, log)) {
    if (epochs.get(veiled.n) !== undefined) continue;
    epochs.set(veiled.n, epochUnder(repository, entry, payload)?.id);
  }
  return epochs;
}

/** Those of which a key is here. */
export function epochsKnownIn(repository: Repository, log: LogId): ReadonlyMap<number, EpochId> {
  const known = [...epochsOfLog(repository, log)].flatMap(([n, epoch]) => (epoch ? [[n, epoch] as const] : []));
  return new Map(known);
}
