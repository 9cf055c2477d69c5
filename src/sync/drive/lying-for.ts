// For whom a bundle lies on a drive: an open one for everybody, a sealed one for those who are known to open it, or said to
// (spec/drive.md, "Sealed files").
import type { DeviceKey, Digest, LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { keysOfDevices } from '../../identity/recipients.js';
import { devicesOf, firstCardOf } from '../../identity/relations.js';
import type { Recipient } from '../known/recipients.js';
import { activeContacts, type Session } from '../session.js';
import { chunksOn, rangesOnDrive, type VerifiedBundle } from './holdings.js';
import type { SeenFile } from './memory.js';

/** What lies there for one person. */
export interface LyingThere {
  readonly bundles: readonly VerifiedBundle[];
  /** Of each log what they hold of our history. */
  readonly ranges: ReadonlyMap<LogId, readonly Range[]>;
  /** Chunks of attachments. */
  readonly chunks: ReadonlySet<Digest>;
}

/** Tells of the bundles on one drive for whom each of them lies there. */
export class LyingFor {
  readonly #session: Session;
  readonly #bundles: readonly VerifiedBundle[];
  readonly #sealed: readonly VerifiedBundle[];
  readonly #makers: ReadonlySet<DeviceKey | undefined>;
  /** The newest key of each device, as far as one is known here. */
  readonly #keys: ReadonlyMap<DeviceKey, string>;
  /** When each device was last seen to have left something there. */
  readonly #left = new Map<DeviceKey, number>();
  readonly #views = new Map<string, LyingThere>();

  constructor(session: Session, bundles: readonly VerifiedBundle[]) {
    this.#session = session;
    this.#bundles = bundles;
    this.#sealed = bundles.filter(({ file }) => file.sealed);
    const known = this.#sealed.length > 0 ? [session.self, ...activeContacts(session)] : [];
    this.#makers = new Set(known.flatMap(({ person }) => devicesOf(session, person)));
    this.#keys = new Map(known.flatMap(({ person }) => [...keysOfDevices(session, person)]));
    for (const { file } of bundles) this.#noteVisit(file);
  }

  /** What lies there for a device; for whoever finds it, who is nobody's contact, and for whom this device stands, what is open. */
  for(recipient: Recipient): LyingThere {
    const isAnybody = recipient.device === this.#session.self.device;
    const sealed = this.#sealed.filter((bundle) => !isAnybody && this.liesFor(bundle, recipient));
    const key = sealed.map(({ name }) => name).join('/');
    const known = this.#views.get(key);
    if (known) return known;
    const isIn = new Set(sealed);
    const bundles = this.#bundles.filter((bundle) => !bundle.file.sealed || isIn.has(bundle));
    const view = viewOf(this.#session, bundles);
    this.#views.set(key, view);
    return view;
  }

  /**
   * Whether a bundle lies there for the device: when it is open, when we sealed it to the newest key that we know of that
   * device, or when we opened it and its maker, be it we or a contact, says so - until the device was there since.
   */
  liesFor({ file }: VerifiedBundle, { person, device }: Recipient): boolean {
    if (!file.sealed) return true;
    if (!isNamedIn(this.#session, file, { person, device })) return false;
    const key = this.#keys.get(device);
    if (file.by === this.#session.self.device && key !== undefined && file.to?.includes(key)) return true;
    // whoever was never there may be a device that the maker did not know of yet
    if (!this.#left.has(device) && firstCardOf(this.#session, person)?.device !== device) return false;
    return this.#makers.has(file.by) && (this.#left.get(device) ?? 0) <= (file.seen ?? 0);
  }

  /** Whether its maker, be it we or a contact, says that it is for somebody of whom no device is known. */
  isSaidFor({ file }: VerifiedBundle, person: PersonId): boolean {
    return !file.sealed || (this.#makers.has(file.by) && (file.for?.includes(person) ?? false));
  }

  /** Whether the device can be taken to find there what is in the bundle, or has it, as its maker does. */
  reaches(bundle: VerifiedBundle, recipient: Recipient): boolean {
    return this.liesFor(bundle, recipient) || bundle.file.by === recipient.device;
  }

  #noteVisit({ by, seen = 0 }: SeenFile): void {
    if (by) this.#left.set(by, Math.max(seen, this.#left.get(by) ?? 0));
  }
}

/** Whether a sealed file is for that device: its maker names the person, or is another device of it. */
function isNamedIn(session: Session, { by, for: persons }: SeenFile, { person, device }: Recipient): boolean {
  if (persons?.includes(person)) return true;
  return by !== undefined && by !== device && devicesOf(session, person).includes(by);
}

function viewOf({ repository }: Session, bundles: readonly VerifiedBundle[]): LyingThere {
  let ranges: LyingThere['ranges'] | undefined;
  let chunks: LyingThere['chunks'] | undefined;
  return {
    bundles,
    get ranges() {
      ranges ??= rangesOnDrive(repository, bundles);
      return ranges;
    },
    get chunks() {
      chunks ??= chunksOn(bundles);
      return chunks;
    },
  };
}
