// For whom a bundle lies on a drive: an open one for everybody, a sealed one for those who are known to open it, or said to
// (spec/drive.md, "Sealed files").
import type { DeviceKey, Digest, LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { cardRecipientBytes } from '../../identity/card.js';
import { storedCardBytes } from '../../identity/stored-card.js';
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
  /** The newest key of each person, as far as one is known here. */
  readonly #keys: ReadonlyMap<PersonId, string>;
  readonly #devices: ReadonlyMap<DeviceKey, PersonId>;
  /** When each person was last seen to have left something there. */
  readonly #left = new Map<PersonId, number>();
  readonly #views = new Map<string, LyingThere>();

  constructor(session: Session, bundles: readonly VerifiedBundle[]) {
    this.#session = session;
    this.#bundles = bundles;
    this.#sealed = bundles.filter(({ file }) => file.sealed);
    const contacts = activeContacts(session);
    this.#makers = new Set([session.self.device, ...contacts.map(({ device }) => device)]);
    this.#keys = new Map(this.#sealed.length > 0 ? contacts.map(({ person, card }) => [person, keyOn(card)]) : []);
    this.#devices = new Map([session.self, ...session.contacts.values()].map(({ device, person }) => [device, person]));
    for (const { file } of bundles) this.#noteVisit(file);
  }

  /** What lies there for a person; for whoever finds it, who is nobody's contact, and stands for us, what is open. */
  for(person: PersonId): LyingThere {
    const sealed = this.#sealed.filter(
      (bundle) => person !== this.#session.self.person && this.liesFor(bundle, person),
    );
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
   * Whether a bundle lies there for the person: when it is open, when we sealed it to the newest key that we know of that
   * person, or when we opened it and its maker, be it we or a contact, says so - until the person was there since.
   */
  liesFor({ file }: VerifiedBundle, person: PersonId): boolean {
    if (!file.sealed) return true;
    if (!file.for?.includes(person)) return false;
    const key = this.#keys.get(person);
    if (file.by === this.#session.self.device && key !== undefined && file.to?.includes(key)) return true;
    return this.#makers.has(file.by) && (this.#left.get(person) ?? 0) <= (file.seen ?? 0);
  }

  /** Whether the person can be taken to find there what is in the bundle, or has it, as its maker does. */
  reaches(bundle: VerifiedBundle, person: PersonId): boolean {
    return this.liesFor(bundle, person) || this.makerOf(bundle) === person;
  }

  /** Who made the bundle, if that is anybody whom we know. */
  makerOf({ file }: VerifiedBundle): PersonId | undefined {
    return file.by && this.#devices.get(file.by);
  }

  #noteVisit({ by, seen = 0 }: SeenFile): void {
    const person = by && this.#devices.get(by);
    if (person) this.#left.set(person, Math.max(seen, this.#left.get(person) ?? 0));
  }
}

function keyOn(card: string): string {
  return cardRecipientBytes(storedCardBytes(card)).toString('hex');
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
