// The keys of sealed files on a drive (spec/drive.md, "Sealed files"). A scan is synchronous and finds out what it lacks; whoever
// runs it finds that, and lets the scan go on.
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import { sha256 } from '../../format/platform.js';
import type { SealedHeader } from '../../format/sealed/header.js';
import type { FileKey, FileKeys } from '../../identity/file-keys.js';

/** What is known of a sealed file: its key, that no key here opens it, that keys cannot be had, or what is wrong with it. */
export type SealedFate = FileKey | 'not-for-us' | 'waiting' | SatchelError;

/** Keys of sealed files by their headers, for one visit. */
export class SealedThere {
  readonly #fates = new Map<Digest, SealedFate>();
  readonly #asked = new Map<Digest, SealedHeader>();

  /** What becomes of the file with this header; undefined when that is yet to be found: it is asked for now. */
  fateOf(header: SealedHeader): SealedFate | undefined {
    const id = sha256(header.bytes) as Digest;
    const fate = this.#fates.get(id);
    if (!fate) this.#asked.set(id, header);
    return fate;
  }

  /**
   * Finds what was asked for since; false when nothing was.
   * @throws SatchelError `wrong-passphrase`, `damaged`: about our keys, and no file
   */
  async answer(keys: FileKeys | undefined): Promise<boolean> {
    const asked = [...this.#asked];
    this.#asked.clear();
    for (const [id, header] of asked) this.#fates.set(id, keys ? await fateBy(keys, header) : 'waiting');
    return asked.length > 0;
  }
}

async function fateBy(keys: FileKeys, header: SealedHeader): Promise<SealedFate> {
  try {
    return (await keys(header)) ?? 'not-for-us';
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    if (error.code === 'locked') return 'waiting';
    if (error.code === 'bad-bundle') return error;
    throw error;
  }
}
