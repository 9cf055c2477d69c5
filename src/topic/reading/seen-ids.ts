// Ids of entries that passed by: a reader who goes through a whole conversation meets what later messages answer before
// them, and to compute an id again takes the hashes of those before it.
import { type EntryId, type LogId, readId } from '../../format/ids.js';

const ID_BYTES = 32;
/** Neighbouring ids of a log that are kept in one piece: there is one for each log, however little it says. */
const PIECE_IDS = 16;
const PIECE_BYTES = PIECE_IDS * ID_BYTES;
/** So many pieces are kept, 16 MiB; then the one made first goes. */
const PIECES_MAX = 32_768;
const UNKNOWN = '0'.repeat(2 * ID_BYTES);

/** Remembers ids by log and seq, up to a fixed number of bytes. */
export class SeenIds {
  /** Where in the memory each piece stands, in the order in which they were made. */
  readonly #pieces = new Map<string, number>();
  /** One memory for all of them: a buffer each would weigh as much as what is in it. */
  #memory = Buffer.alloc(64 * PIECE_BYTES);

  /** Remembers the id of an entry. */
  keep(log: LogId, seq: number, id: EntryId): void {
    const name = nameOf(log, seq);
    const at = this.#pieces.get(name) ?? this.#make(name);
    this.#memory.write(id, at + (seq % PIECE_IDS) * ID_BYTES, 'hex');
  }

  /** The id of an entry that passed by; undefined when it did not, or too long ago. */
  at(log: LogId, seq: number): EntryId | undefined {
    const at = this.#pieces.get(nameOf(log, seq));
    if (at === undefined) return undefined;
    const id = readId<EntryId>(this.#memory, at + (seq % PIECE_IDS) * ID_BYTES);
    return id === UNKNOWN ? undefined : id;
  }

  #make(name: string): number {
    const at = this.#pieces.size < PIECES_MAX ? this.#pieces.size * PIECE_BYTES : this.#takeOldest();
    if (at === this.#memory.length) this.#memory = Buffer.concat([this.#memory], 2 * at);
    this.#pieces.set(name, at);
    return at;
  }

  /** The place of the piece that was made first, empty. */
  #takeOldest(): number {
    const [first] = this.#pieces;
    const [oldest = '', at = 0] = first ?? [];
    this.#pieces.delete(oldest);
    this.#memory.fill(0, at, at + PIECE_BYTES);
    return at;
  }
}

function nameOf(log: LogId, seq: number): string {
  return `${log}${Math.floor(seq / PIECE_IDS)}`;
}
