// The bundles on a drive as a visit knows them: those that it found, what it added, and what it removed (spec/drive.md,
// "Tidying").
import type { Digest } from '../../format/ids.js';
import type { StagedMedium } from '../medium/staged.js';
import type { Session } from '../session.js';
import type { Drive } from './drive.js';
import { type VerifiedBundle, verifiedBundles } from './holdings.js';
import type { DriveMemory, SeenFile, VerifiedParts } from './memory.js';
import { saidThere } from './said-there.js';
import type { Scan } from './scan.js';
import type { Served } from './served.js';
import { ARRIVING, ownRecipient } from './take.js';
import { maySettle, type Removable, removableBundles } from './tidy.js';

/** What lies on one drive, during one visit. */
export class BundlesThere {
  /** Every bundle file, as it was last seen. */
  files: DriveMemory['files'];
  removed: Removable[] = [];
  /** Anything on the drive was changed. */
  isTouched = false;
  readonly #drive: Drive;
  /** It is at a URL, where others may be at work at this moment. */
  readonly #isShared: boolean;
  readonly #verified = new Map<Digest, VerifiedParts>();

  constructor(drive: Drive, files: DriveMemory['files'], isShared: boolean) {
    this.#drive = drive;
    this.#isShared = isShared;
    this.files = files;
  }

  /** What was found there now. */
  found({ files, verified }: Pick<Scan, 'files' | 'verified'>): void {
    this.files = files;
    for (const [digest, parts] of verified) this.#verified.set(digest, parts);
  }

  /** What lies there besides. */
  add(files: DriveMemory['files']): void {
    this.files = { ...this.files, ...files };
  }

  /** Those of which it is known what they hold. */
  verified(session: Session): VerifiedBundle[] {
    return verifiedBundles(session.repository, this.#drive.id, this.files, this.#verified);
  }

  /** Those that may go now. */
  removable(session: Session, served: Served): Removable[] {
    const bundles = this.verified(session);
    const removable = removableBundles(session, bundles, served, saidThere(session.repository, this.#drive, bundles));
    return this.#isShared ? removable.filter((one) => maySettle(session, one)) : removable;
  }

  /** Removes what may go. */
  tidy(session: Session, served: Served): void {
    let bundles = this.verified(session);
    for (const one of this.removable(session, served)) {
      // another visitor may be tidying too: what makes this one superfluous has to be there still
      if (!bundles.every(({ name }) => name === one.bundle.name || this.#isThere(name))) return;
      this.remove(one);
      bundles = bundles.filter(({ name }) => name !== one.bundle.name);
    }
  }

  remove(one: Removable): void {
    const gone = one.bundle.name;
    this.#drive.medium.remove(gone);
    this.isTouched = true;
    this.files = Object.fromEntries(Object.entries(this.files).filter(([name]) => name !== gone));
    this.removed.push(one);
  }

  /** Of what a staged medium was to do, only what it has done counts; what the place calls new files now is noted. */
  carriedOut({ puts, removes, done }: StagedMedium, now: number): void {
    const undone = this.removed.filter(({ bundle: { name } }) => removes.has(name) && !done.removed.has(name));
    const there = Object.entries(this.files).filter(([name]) => !puts.has(name) || done.put.has(name));
    const tagged = there.map(([name, file]) => [name, withTag(file, done.put.get(name), now)] as const);
    this.files = Object.fromEntries([...tagged, ...undone.map(({ bundle: { name, file } }) => [name, file] as const)]);
    this.removed = this.removed.filter((one) => !undone.includes(one));
    this.isTouched = done.put.size + done.removed.size > 0;
  }

  /** Those that nobody can take anything from as they are; made by a newer version they are not. */
  damaged(): Removable[] {
    return Object.entries(this.files).flatMap(([name, file]) =>
      file.problem && file.problem !== ARRIVING && file.problem !== 'newer-version'
        ? [{ bundle: { name, file }, reason: 'damaged' as const }]
        : [],
    );
  }

  /** Those sealed to none of our keys that were first seen here by then, ms. */
  unopened(session: Session, before: number): Removable[] {
    const key = ownRecipient(session);
    return Object.entries(this.files).flatMap(([name, file]) =>
      file.tried === key && (file.seen ?? Number.POSITIVE_INFINITY) <= before
        ? [{ bundle: { name, file }, reason: 'unopened' as const }]
        : [],
    );
  }

  #isThere(name: string): boolean {
    return this.#drive.medium.find(name) !== undefined;
  }
}

function withTag(file: SeenFile, tag: string | undefined, looked: number): SeenFile {
  return tag === undefined ? file : { ...file, tag, looked };
}
