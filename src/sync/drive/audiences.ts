// Whom the bundles on a drive are for, and which of them can take the place of others (spec/drive.md, "Tidying").
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { type Recipient, recipientsOf } from '../known/recipients.js';
import type { Session } from '../session.js';
import type { VerifiedBundle } from './holdings.js';
import { LyingFor } from './lying-for.js';
import { isNewer, newestOfEach, wordOf } from './newest.js';
import { personsIn } from './sealed-audience.js';
import type { Served } from './served.js';

/** Who is waited for: of open bundles, and of each sealed one. */
export type Waited = Pick<Served, 'waitedFor' | 'waitedForIn' | 'isDropped'>;

/** The audiences of the bundles on one drive. */
export class Audiences {
  readonly #session: Session;
  readonly #bundles: readonly VerifiedBundle[];
  readonly #served: Waited;
  readonly #lying: LyingFor;
  readonly #isAnySealed: boolean;
  readonly #listed: readonly Recipient[];

  constructor(session: Session, bundles: readonly VerifiedBundle[], served: Waited) {
    this.#session = session;
    this.#bundles = bundles;
    this.#served = served;
    this.#lying = new LyingFor(session, bundles);
    this.#isAnySealed = bundles.some(({ file }) => file.sealed);
    this.#listed = served.waitedFor;
  }

  /** Who has to hold it before it may go; undefined when nobody here can tell of all of them. */
  waitedFor({ file }: VerifiedBundle): readonly Recipient[] | undefined {
    return file.sealed ? this.#served.waitedForIn(file) : this.#served.waitedFor;
  }

  /**
   * Of those that may take its place, be it only `apart` or all `others`, the ones that lie there for everybody whom it is for;
   * undefined when that is all others.
   */
  instead(
    bundle: VerifiedBundle,
    apart: readonly VerifiedBundle[] | undefined,
    others: Iterable<VerifiedBundle>,
  ): readonly VerifiedBundle[] | undefined {
    if (!this.#isAnySealed) return apart;
    return [...(apart ?? others)].filter((other) => this.#covers(other, bundle));
  }

  /** The newest bundle of each device: those after which none of that device came that is for all of the same people. */
  newest(): ReadonlySet<VerifiedBundle> {
    if (!this.#isAnySealed) return newestOfEach(this.#bundles);
    const byWord = new Map<string, VerifiedBundle[]>();
    for (const bundle of this.#bundles) byWord.set(wordOf(bundle), [...(byWord.get(wordOf(bundle)) ?? []), bundle]);
    const isReplaced = (bundle: VerifiedBundle): boolean =>
      byWord.get(wordOf(bundle))?.some((other) => isNewer(other, bundle) && this.#covers(other, bundle)) ?? false;
    return new Set(this.#bundles.filter((bundle) => !isReplaced(bundle)));
  }

  /** Whether everybody whom the second one is for has, or can be taken to find, what is in the first one. */
  #covers(other: VerifiedBundle, bundle: VerifiedBundle): boolean {
    if (!other.file.sealed) return true;
    // an open one where nobody is listed is for whoever finds it
    if (!bundle.file.sealed)
      return this.#listed.length > 0 && this.#listed.every((device) => this.#lying.reaches(other, device));
    const persons = personsIn(this.#session, bundle.file, (person) => this.#served.isDropped(person));
    return persons.every((person) => this.#reachesAll(other, person, bundle.file.by));
  }

  /** All devices of the person but this one and the maker of what is there, who hold that. */
  #reachesAll(other: VerifiedBundle, person: PersonId, maker: DeviceKey | undefined): boolean {
    const devices = recipientsOf(this.#session, person);
    if (devices.length === 0 && person !== this.#session.self.person) return this.#lying.isSaidFor(other, person);
    return devices.every((one) => one.device === maker || this.#lying.reaches(other, one));
  }
}
