// What a power cut leaves of a disk: what was made durable, and of the rest what it likes. Unsynced bytes may be there, be
// missing, torn, or zeros; unsynced names may be there or not, in any order.
import { Chance } from './chance.js';
import {
  type ByteChange,
  changed,
  DirectoryNode,
  type DiskNode,
  FileNode,
  MemoryDisk,
  type NameChanges,
  setName,
} from './memory-disk.js';

/** What happens to what was not durable. */
export interface Fate {
  readonly name: string;
  /** Whether changes of names that go together are there. */
  keepsNames(changes: NameChanges): boolean;
  /** What a file holds. */
  contentOf(file: FileNode): Buffer;
}

/** Of what was not durable nothing is there. */
const nothing: Fate = { name: 'nothing', keepsNames: () => false, contentOf: ({ kept }) => kept };
/** All of it is: as after a kill. */
const everything: Fate = { name: 'everything', keepsNames: () => true, contentOf: ({ now }) => now };
/** Names are, and files are as long as they were; their bytes are zeros. */
const names: Fate = {
  name: 'names',
  keepsNames: () => true,
  contentOf: ({ kept, now }) => (now.length > kept.length ? changed(kept, { length: now.length }) : kept),
};
/** Files are whole, and no name is new. */
const bytes: Fate = { name: 'bytes', keepsNames: () => false, contentOf: ({ now }) => now };
/** Names are, and of their files nothing. */
const empty: Fate = { name: 'empty', keepsNames: () => true, contentOf: ({ kept }) => kept };

/** Fates of which nothing is left to chance. */
export const FATES: readonly Fate[] = [nothing, everything, names, bytes, empty];

/** Each of it is decided by chance. */
export function anyFate(seed: number): Fate {
  const chance = new Chance(seed);
  return {
    name: `chance ${seed}`,
    keepsNames: () => chance.happens(0.5),
    contentOf: (file) =>
      file.pending.reduce<Buffer>((content, change) => afterTorn(content, change, chance), file.kept),
  };
}

function afterTorn(content: Buffer, change: ByteChange, chance: Chance): Buffer {
  const kind = chance.below(5);
  if (kind === 0) return content;
  if (kind === 1 || 'length' in change) return changed(content, change);
  const { at, bytes: written } = change;
  const cut = chance.below(written.length + 1);
  if (kind === 2) return changed(content, { at, bytes: written.subarray(0, cut) });
  if (kind === 3 && at >= content.length) return changed(content, { at, bytes: Buffer.alloc(written.length) });
  return changed(content, { at: at + cut, bytes: written.subarray(cut) });
}

/** The disk as it is found after the power was cut at this moment. */
export function powerCut(disk: MemoryDisk, fate: Fate): MemoryDisk {
  const left = new MemoryDisk(disk.root);
  const listings = new Map<DirectoryNode, Map<string, DiskNode>>();
  const listed = (directory: DirectoryNode): Map<string, DiskNode> => {
    const listing = listings.get(directory) ?? new Map(directory.kept);
    listings.set(directory, listing);
    return listing;
  };
  for (const changes of disk.pending) {
    if (!fate.keepsNames(changes)) continue;
    for (const { directory, name, node } of changes) setName(listed(directory), name, node);
  }
  const found = new Map<FileNode, FileNode>();
  const fileOf = (file: FileNode): FileNode => {
    const known = found.get(file) ?? new FileNode(left.nextInode(), file.mode, fate.contentOf(file));
    known.changedMs = file.changedMs;
    found.set(file, known);
    return known;
  };
  const fill = (from: DirectoryNode, to: DirectoryNode): void => {
    for (const [name, node] of listed(from)) {
      const made = node instanceof FileNode ? fileOf(node) : new DirectoryNode(left.nextInode(), node.mode);
      to.now.set(name, made);
      if (node instanceof DirectoryNode) fill(node, made as DirectoryNode);
    }
  };
  fill(disk.top, left.top);
  left.settle();
  return left;
}
