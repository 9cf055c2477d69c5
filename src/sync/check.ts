// The check of a whole repository: packs and index, secret keys, and what the user decided (spec/repository.md, "Check").
import { SatchelError } from '../format/error.js';
import { shortId } from '../format/ids.js';
import { readContacts } from '../identity/contacts.js';
import { checkSecrets } from '../identity/keys.js';
import { allRivalLists } from '../identity/rival-lists.js';
import { type CheckOptions, checkRepository, type Finding as StoreFinding } from '../repository/check.js';
import { countRanges } from '../repository/index/held.js';
import type { Repository } from '../repository/repository.js';
import { badStateFiles } from '../repository/state/bad-state.js';
import { damagedBlobs } from '../repository/store/check-blobs.js';
import { isAsSetAside, listQuarantine, quarantinedFile } from '../repository/store/quarantine.js';
import { readTopics } from '../topic/topics.js';

/** Something that is not as it should be: an error means that something is lost or may be, a hint wants attention. */
export interface Finding extends Omit<StoreFinding, 'code'> {
  readonly code:
    | StoreFinding['code']
    | 'secrets'
    | 'no-identity'
    | 'state'
    | 'renewed'
    | 'birth-times'
    | 'contradiction'
    | 'device-lists'
    | 'quarantine'
    | 'veiled';
}

/** Reads a small file that only those above know. */
export type Reader = (directory: string) => unknown;

/**
 * What is wrong; nothing is changed, but that damaged chunks of attachments are put aside. Another command may be writing meanwhile: what looks wrong is looked at again when
 * nobody does. `loadShapes` must have been awaited.
 * @throws SatchelError `busy` when somebody keeps the lock
 */
export function checkEverything(
  repository: Repository,
  options: CheckOptions & { readonly readers?: readonly Reader[] },
): Finding[] {
  const others = [
    ...secretsFindings(repository.directory),
    ...stateFindings(repository, options.readers ?? []),
    ...contradictionFindings(repository),
    ...veiledFindings(repository),
    ...deviceListFindings(repository.directory),
    ...(options.all ? quarantineFindings(repository) : []),
  ];
  const store = [...checkRepository(repository, options)];
  const blobs = blobFindings(repository, options);
  const sure = store.length === 0 ? [] : repository.locked(() => [...checkRepository(repository, options)]);
  // whoever writes next takes out what cannot be read
  if (sure.some(({ severity, code }) => severity === 'error' && UNSOUND.has(code))) repository.suspect();
  return [...sure, ...blobs, ...others];
}

/** Findings about packs and index. */
const UNSOUND: ReadonlySet<Finding['code']> = new Set(['pack', 'segment', 'index']);

/** What is damaged can only be replaced: it is put aside, so that it counts as missing and is asked for again. */
function blobFindings(repository: Repository, { all }: CheckOptions): Finding[] {
  const { blobs } = repository;
  const suspects = [...damagedBlobs(blobs, { all })];
  if (suspects.length === 0) return [];
  return repository.locked(() => {
    const damaged = suspects.filter(({ digest }) => blobs.has(digest) && !blobs.readIfGood(digest));
    for (const { digest } of damaged) blobs.putAside(digest);
    return damaged.map(({ message, file }) => ({
      severity: 'error',
      code: 'blob',
      message: `${message}; it was put aside, and is asked for again`,
      where: file,
    }));
  });
}

function secretsFindings(directory: string): Finding[] {
  return checkSecrets(directory).map(({ detail, path }) => ({
    severity: 'hint',
    code: 'secrets',
    message: detail,
    where: path,
  }));
}

/** Small files that are bad: an error where something was decided, and is lost as long as nobody restores it. */
function stateFindings({ layout, directory }: Repository, readers: readonly Reader[]): Finding[] {
  const bad = badStateFiles(layout);
  const findings = bad.map(({ kind, isGone, file, problem, wayOn }): Finding => {
    const severity = kind === 'decided' && !isGone ? 'error' : 'hint';
    return { severity, code: 'state', message: `${file} ${problem}; ${wayOn}`, where: file };
  });
  // one may be as it was written, and say what nobody can mean
  const others = [readContacts, readTopics, ...readers].flatMap((read) => problemOf(() => read(directory)));
  return [...findings, ...others.filter(({ message }) => !bad.some(({ file }) => message.startsWith(file)))];
}

/** Files that were set aside and are not any more what they were. */
function quarantineFindings({ layout }: Repository): Finding[] {
  const rotten = listQuarantine(layout).filter(({ digest }) => !isAsSetAside(layout, digest));
  const message = 'a file in quarantine is not what was set aside any more; have it sent again, or drop it';
  return rotten.map(({ digest }) => ({
    severity: 'hint',
    code: 'quarantine',
    message,
    where: quarantinedFile(layout, digest),
  }));
}

/** What nobody here can tell of: it is sound, and hidden. */
function veiledFindings(repository: Repository): Finding[] {
  const { length } = [...repository.unplacedLogs()];
  if (length === 0) return [];
  const logs = length === 1 ? '1 log' : `${length} logs`;
  const message = `${logs} of private topics could not be placed with the keys here: carried for others`;
  return [{ severity: 'hint', code: 'veiled', message, where: repository.layout.packs }];
}

/** Logs with two pasts, and what is marked of them here. */
function contradictionFindings(repository: Repository): Finding[] {
  return [...repository.frozen].map(([log, seq]) => {
    const behind = countRanges(repository.leftOver(log));
    const marked = behind === 0 ? 'nothing of it from there on is here' : `${behind} entries from there on are marked`;
    return {
      severity: 'hint',
      code: 'contradiction',
      message: `log ${shortId(log)} has two pasts from entry ${seq} on: ${marked}`,
      where: `log ${log}`,
    };
  });
}

/** Persons whose device lists contradict each other; what cannot be read is told as that. */
function deviceListFindings(directory: string): Finding[] {
  return attempt(() => allRivalLists(directory)).map(({ person, authority, lists }) => ({
    severity: 'hint',
    code: 'device-lists',
    message: `${lists} device lists of ${shortId(person)} have one version and say different things: the key of device ${shortId(authority)} signs in two places`,
    where: `person ${person}`,
  }));
}

function attempt<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}

function problemOf(read: () => unknown): Finding[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    const message = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
    return [{ severity: 'error', code: 'state', message, where: 'refs' }];
  }
}
