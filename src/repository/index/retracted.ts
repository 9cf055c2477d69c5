// What the entries of a log take back; those behind its freeze take back nothing (spec/log.md, "Metadata", "Freeze").

import type { LogId } from '../../format/ids.js';
import { BodyReader, metasIn } from '../../format/log/body.js';
import { decodeMeta, type Range } from '../../format/log/meta.js';
import type { Segment } from '../../format/log/segment.js';
import { RangeSet } from './range-set.js';

/** A stored segment of which some run is indexed. */
interface Retracting {
  readonly first: number;
}

/** Every range that the entries of a segment before seq `freeze` retract. */
export function retractsIn(segment: Segment, freeze = Number.POSITIVE_INFINITY): Range[] {
  const isWhole = segment.first > 0 && segment.first + segment.count <= freeze;
  const metas = isWhole ? metasIn(segment.raw) : metasBefore(segment, freeze);
  return metas.flatMap((meta) => decodeMeta(meta).retracts ?? []);
}

/** The seqs that a log's runs retract; `read` gives the segment of one. */
export function retractedBy<T extends Retracting>(
  { frozen }: { readonly frozen: ReadonlyMap<LogId, number> },
  log: LogId,
  runs: readonly T[],
  read: (run: T) => Segment,
): RangeSet {
  const freeze = frozen.get(log) ?? Number.POSITIVE_INFINITY;
  const counting = runs.filter(({ first }) => first < freeze);
  return new RangeSet(counting.flatMap((run) => retractsIn(read(run), freeze)));
}

function metasBefore({ raw, first }: Segment, freeze: number): Buffer[] {
  const metas: Buffer[] = [];
  const reader = new BodyReader(raw);
  // the metadata of an introduction says nothing
  for (let seq = first; seq < freeze && reader.next(); seq++) if (seq > 0) metas.push(reader.meta);
  return metas;
}
