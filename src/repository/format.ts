// Which version a repository is of, by the two files that say so: a digit may rot, and nobody is to be sent to a newer version
// that never was (spec/repository.md, "Versioning").
import { SatchelError } from '../format/error.js';
import { hasRemains } from './create.js';
import { disk } from './disk.js';
import { onDisk, readIfThere } from './files.js';
import { type Layout, layoutOf, REPOSITORY_FORMAT, REPOSITORY_VERSION } from './layout.js';
import { saidVersion } from './state.js';
import { writeFully } from './store/fully.js';

/**
 * What is to be thought of the file `format`: `newer` when a version wrote it that is not known here, `unclear` when nobody
 * can tell whether one did or a digit has rotten.
 */
export type Judgement = 'good' | 'missing' | 'damaged' | 'newer' | 'unclear';

/** The same with what stands in the file. */
export interface FoundFormat {
  readonly judgement: Judgement;
  readonly text: string;
}

/** What the repository says of its version. @throws SatchelError `io` */
export function findFormat(layout: Layout): FoundFormat {
  const text = readIfThere(layout.format)?.toString('utf8').trim();
  return text === undefined
    ? { judgement: 'missing', text: '' }
    : { judgement: judge(text, saidVersion(layout)), text };
}

/** A later version writes its number into `refs/state` first: so what only `format` says, nobody has written. */
function judge(text: string, said: ReturnType<typeof saidVersion>): Judgement {
  const number = /^satchel-repository\/(\d+)$/.exec(text)?.[1];
  const version = number === undefined ? undefined : Number(number);
  const isKnown = version !== undefined && version >= 1 && version <= REPOSITORY_VERSION;
  if (typeof said === 'number' && said > REPOSITORY_VERSION) return 'newer';
  if (isKnown && (typeof said !== 'number' || said === version)) return 'good';
  return said === 'unreadable' && version !== undefined ? 'unclear' : 'damaged';
}

/**
 * Passes a directory with a repository of a version that is known here.
 * @throws SatchelError `no-repository`, `newer-version`, `damaged`
 */
export function assertFormat(directory: string): void {
  const { judgement, text } = findFormat(layoutOf(directory));
  if (judgement === 'good') return;
  if (judgement === 'missing') throw noRepository(directory);
  const message = `the repository in ${directory} has the format "${text.slice(0, 40)}", expected "${REPOSITORY_FORMAT}"`;
  throw new SatchelError(judgement === 'damaged' ? 'damaged' : 'newer-version', message, { hint: HINTS[judgement] });
}

const HINTS = {
  damaged: 'run "satchel repair"',
  newer: 'update satchel',
  unclear: 'update satchel; or, if no newer one was ever used here, run "satchel repair"',
} as const;

function noRepository(directory: string): SatchelError {
  return new SatchelError('no-repository', `no repository in ${directory}`, {
    hint: hasRemains(layoutOf(directory))
      ? 'what is in it looks like one: run "satchel repair"'
      : 'run "satchel init" first, or name its directory with -C',
  });
}

/** Writes our version into `format`, durably and in place: the file's birth time stays, by which the repository is known. */
export function renewFormat(layout: Layout): void {
  onDisk(`writing ${layout.format}`, () => {
    const text = Buffer.from(`${REPOSITORY_FORMAT}\n`);
    const fd = disk.open(layout.format, 'continuing');
    try {
      writeFully(fd, text, 0);
      disk.cut(fd, text.length);
      disk.sync(fd);
    } finally {
      disk.close(fd);
    }
    disk.syncNames(layout.root);
  });
}
