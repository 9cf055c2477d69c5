// What somebody lacks of the attachments held here, as far as it said so (spec/bundle.md, "Wants").
import type { Digest } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { Repository } from '../../repository/repository.js';
import type { BlobReference } from '../../repository/store/blob-refs.js';
import type { Recipient } from '../known/recipients.js';
import { readStatement } from '../known/statements.js';

/** All of a blob, its chunk list too. */
export const ALL = 'all';

/** What is lacked of one blob: chunks, all of it, or nothing. */
export type Lacked = readonly Range[] | typeof ALL | undefined;

/** Tells what the person lacks of a blob with these references; of what nothing is known, all. */
export function lackedBy(
  repository: Repository,
  { person, device }: Recipient,
): (root: Digest, references: readonly BlobReference[]) => Lacked {
  const statement = readStatement(repository, device);
  const own = new Set(repository.logsOfPerson(person).map(({ log }) => log));
  const isTold = ({ log, seq }: BlobReference): boolean =>
    statement?.frontier.get(log)?.some(({ from, end }) => from <= seq && seq < end) ?? false;
  // whoever wrote the message had the file, unless the device has lost its memory since
  const isOwn = ({ log, arrival }: BlobReference): boolean => own.has(log) && arrival > (statement?.voidBefore ?? 0);
  return (root, references) => {
    const logs = references.map(({ log }) => log);
    const named = statement?.wants.named(root, logs);
    if (named) return named.length > 0 ? named : ALL;
    if (references.some(isOwn)) return undefined;
    return references.some((one) => isTold(one) && !statement?.wants.isCut(one.log)) ? undefined : ALL;
  };
}

/** The blobs of an export by their roots, with what one recipient, or all of them together, lack. */
export type LackedBlobs = ReadonlyMap<Digest, Lacked>;

/** Whether the device said of an entry and its blob in one breath that it holds the one and lacks nothing of the other. */
export function saidWhole(
  repository: Repository,
  { device }: Recipient,
  root: Digest,
  { log, seq }: Pick<BlobReference, 'log' | 'seq'>,
): boolean {
  const statement = readStatement(repository, device);
  const isTold = statement?.frontier
    .get(log)
    ?.some(({ from, end }) => from <= seq && seq < end && Number.isFinite(end));
  return isTold === true && !statement?.wants.isCut(log) && statement?.wants.named(root, [log]) === undefined;
}
