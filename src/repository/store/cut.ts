// Segments as they are stored without some of their payloads: of one that reaches beyond the freeze of its log without those
// behind it, so that the packs alone tell what was taken, and without what was forgotten here (spec/repository.md, "Storing a
// segment").
import { RAW_MAX } from '../../format/limits.js';
import { decodeSegment, type Segment } from '../../format/log/segment.js';
import { dropPayloads, encodeSegment } from '../../format/log/segment-build.js';

/** The segment with the payloads of entries from seq `freeze` on replaced by their hashes. */
export function cutAtFreeze(segment: Segment, freeze: number): Segment {
  return without(segment, (seq) => seq >= freeze);
}

/** The segment with forgotten payloads replaced by their hashes: what is forgotten is not taken again. */
export function withoutForgotten(segment: Segment, isForgotten: (seq: number) => boolean): Segment {
  return without(segment, isForgotten);
}

function without(segment: Segment, goes: (seq: number) => boolean): Segment {
  const cut = dropPayloads(segment, goes);
  // a hash is longer than the shortest payloads: what so finds no room stays as it came, and counts as little
  return cut.raw.length > RAW_MAX ? segment : decodeSegment(encodeSegment(cut));
}
