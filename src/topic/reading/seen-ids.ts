// Ids of entries that passed by: a reader who goes through a whole conversation meets what later messages answer before
// them, and to compute an id again takes the hashes of those before it.
import { type EntryId, type LogId, readId } from '../../format/ids.js';

const ID_BYTES = 32;
/** Ids kept in one piece of memory: there is one for each log, however little it says. */
const PIECE_IDS = 64;
/** So many pieces are kept, 32 MiB; then the one made first goes. */
const PIECES_MAX = 16_384;
const UNKNOWN = '0'.repeat(2 * ID_BYTES);

/** Remembers ids by log and seq, up to a fixed number of bytes. */
export class SeenIds {
  readonly #pieces = new Map<string, Buffer>();

  /** Remembers the id of an entry. */
  keep(log: LogId, seq: number, id: EntryId): void {
    const name = nameOf(log, seq);
    let piece = this.#pieces.get(name);
    if (!piece) {
      piece = Buffer.alloc(PIECE_IDS * ID_BYTES);
      this.#pieces.set(name, piece);
      const [oldest] = this.#pieces.keys();
      if (this.#pieces.size > PIECES_MAX && oldest !== undefined) this.#pieces.delete(oldest);
    }
    piece.write(id, (seq % PIECE_IDS) * ID_BYTES, 'hex');
  }

  /** The id of an entry that passed by; undefined when it did not, or too long ago. */
  at(log: LogId, seq: number): EntryId | undefined {
    const piece = this.#pieces.get(nameOf(log, seq));
    const id = piece && readId<EntryId>(piece, (seq % PIECE_IDS) * ID_BYTES);
    return id === UNKNOWN ? undefined : id;
  }
}

function nameOf(log: LogId, seq: number): string {
  return `${log}${Math.floor(seq / PIECE_IDS)}`;
}
