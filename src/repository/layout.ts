// Where things lie below `.satchel/` (spec/repository.md, "Layout").
import path from 'node:path';

/** Name of the directory that is a repository. */
const REPOSITORY_NAME = '.satchel';
/** Version 1 is that of 0.1, whose small files have no checksums: it is read, and renewed by the first command that writes. */
export const REPOSITORY_VERSION = 2;
/** Content of the `format` file. */
export const REPOSITORY_FORMAT = `satchel-repository/${REPOSITORY_VERSION}`;

/** The paths of one repository; `root` is the `.satchel` directory itself. */
export interface Layout {
  readonly root: string;
  readonly format: string;
  readonly config: string;
  readonly head: string;
  readonly keys: string;
  readonly packs: string;
  readonly blobs: string;
  readonly refs: string;
  readonly journal: string;
  readonly index: string;
  readonly proofs: string;
  readonly pasts: string;
  readonly quarantine: string;
  readonly hooks: string;
  readonly tmp: string;
  /** It is there while the repository is being wiped. */
  readonly wiping: string;
  readonly lock: string;
}

let last: { readonly directory: string; readonly layout: Layout } | undefined;

/** The layout of the repository in `directory`, whether it exists or not. */
export function layoutOf(directory: string): Layout {
  // a command works in one repository, and asks from many places
  if (last?.directory !== directory) last = { directory, layout: layoutIn(directory) };
  return last.layout;
}

function layoutIn(directory: string): Layout {
  const root = path.join(directory, REPOSITORY_NAME);
  const at = (...parts: string[]): string => path.join(root, ...parts);
  return {
    root,
    format: at('format'),
    config: at('refs', 'config.json'),
    head: at('HEAD'),
    keys: at('keys'),
    packs: at('objects', 'packs'),
    blobs: at('objects', 'blobs'),
    refs: at('refs'),
    journal: at('journal'),
    index: at('index'),
    proofs: at('proofs'),
    pasts: at('pasts'),
    quarantine: at('quarantine'),
    hooks: at('hooks'),
    tmp: at('tmp'),
    wiping: at('wiping'),
    lock: at('lock'),
  };
}
