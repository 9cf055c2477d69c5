// A medium that lies: it lists what was there a while ago, tears files, forgets them, is full, or vanishes for some time.
import { SatchelError } from '../../src/format/error.js';
import type { Medium } from '../../src/sync/medium/medium.js';
import { type MemoryMedium, openBytes, writtenBy } from './memory-medium.js';

/** What it may do at any call. */
export type Lie = 'lags' | 'tears' | 'tears unseen' | 'forgets' | 'fills' | 'vanishes';
export const LIES: readonly Lie[] = ['lags', 'tears', 'tears unseen', 'forgets', 'fills', 'vanishes'];

/** A medium whose lies stop when it is told to be honest. */
export interface LyingMedium extends Medium {
  /** The lies that it told. */
  readonly told: Set<Lie>;
  isHonest: boolean;
}

const ITS_WRITING: readonly string[] = ['place', 'remove'];

/** The sound one, lying where `lies` says so of one of these, at each call. */
export function lyingMedium(sound: MemoryMedium, lies: (possible: readonly Lie[]) => Lie | undefined): LyingMedium {
  let listed = new Map(sound.files);
  let gone = 0;
  const told = new Set<Lie>();
  const lie = (...possible: Lie[]): Lie | undefined => {
    const one = lying.isHonest ? undefined : lies(possible);
    if (one) told.add(one);
    return one;
  };
  const attend = (): void => {
    if (gone === 0 && lie('vanishes')) gone = 12;
    if (lying.isHonest || gone === 0) return;
    gone--;
    throw new SatchelError('io', 'the medium went away');
  };
  const through = <T>(name: string, work: () => T): T => {
    attend();
    if (ITS_WRITING.includes(name)) listed = new Map(sound.files);
    return work();
  };
  const shown = (): ReadonlyMap<string, Buffer> => (lie('lags') ? listed : sound.files);
  const lying: LyingMedium = {
    ...sound,
    told,
    isHonest: false,
    // what it says of a file tells nothing of its bytes
    tagsContent: false,
    isThere: () => through('isThere', () => true),
    names: (folder) => through('names', () => namesIn(shown(), folder)),
    find(name) {
      return through('find', () => {
        const bytes = shown().get(name);
        return bytes && { size: bytes.length, mtime: 0, tag: undefined };
      });
    },
    open: (name) => through('open', () => sound.open(name)),
    place(placing) {
      return through('place', () => {
        const bytes = writtenBy(placing);
        const half = bytes.subarray(0, Math.floor(bytes.length / 2));
        const kind = lie('tears', 'tears unseen', 'forgets', 'fills');
        if (kind === 'fills') {
          placing.isFull?.(half.length);
          throw new SatchelError('no-space', 'no space left');
        }
        const name = placing.check(openBytes(placing.draft, kind === 'tears' ? half : bytes));
        if (kind !== 'forgets') sound.files.set(name, kind ? half : bytes);
        return name;
      });
    },
    remove: (name) => through('remove', () => sound.remove(name)),
  };
  return lying;
}

function namesIn(files: ReadonlyMap<string, Buffer>, folder = ''): string[] {
  const start = folder === '' ? '' : `${folder}/`;
  const below = [...files.keys()].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  return below.filter((name) => !name.includes('/'));
}
