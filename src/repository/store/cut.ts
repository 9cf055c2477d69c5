// A segment that reaches beyond the freeze of its log, as it is stored: without the payloads behind it, so that the packs
// alone tell what was taken (spec/repository.md, "Storing a segment").
import { RAW_MAX } from '../../format/limits.js';
import { decodeSegment, type Segment } from '../../format/log/segment.js';
import { dropPayloads, encodeSegment } from '../../format/log/segment-build.js';

/** The segment with the payloads of entries from seq `freeze` on replaced by their hashes. */
export function cutAtFreeze(segment: Segment, freeze: number): Segment {
  const cut = dropPayloads(segment, (seq) => seq >= freeze);
  // a hash is longer than the shortest payloads: what so finds no room stays as it came, and counts as little
  return cut.raw.length > RAW_MAX ? segment : decodeSegment(encodeSegment(cut));
}
