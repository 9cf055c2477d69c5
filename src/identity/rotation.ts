// When a device gets a new key to be sealed to, and when an old one may go (spec/card.md, "Rotation").
import type { SatchelError } from '../format/error.js';
import type { DeviceKey } from '../format/ids.js';
import { RECIPIENTS_KEPT } from '../format/limits.js';
import { createAgeIdentity } from './age.js';
import type { RecipientKey, Secrets } from './secrets.js';

const DAY_MS = 86_400_000;
/** The newest so many stay, however old they are. */
const NEWEST = 3;

/** How long a device uses the keys that files are sealed to. */
export interface Rotation {
  /** Days after which there is a new one; 0: only when a device was removed. */
  readonly days: number;
  /** Days for which a replaced one is kept; 0: for ever. */
  readonly keepDays: number;
  now(): number;
  /** The lower median of the contacts' clocks, ms. */
  othersClock(): Promise<number | undefined>;
  /** Hears why a new key could not be kept: then the present one goes on. */
  onFailure(error: SatchelError): void;
}

/** What is known of the use of a key, ms. */
export interface Uses {
  /** When a bundle was first written whose card has it. */
  readonly published?: number | undefined;
  /** When a file was opened with it last. */
  readonly opened?: number | undefined;
}

/** Two clocks, ms: what passed by only one of them has not passed. */
export interface Clocks {
  readonly own: number;
  /** The lower median of the contacts'; undefined where none is known. */
  readonly others: number | undefined;
}

/** What decides whether the newest key is still good. */
export interface Occasion {
  /** ms. */
  readonly now: number;
  /** The lower median of the contacts' clocks, ms; undefined where none is known, or nobody looked. */
  readonly others?: number | undefined;
  /** Days after which there is a new one; 0: never by age. */
  readonly days: number;
  /** The person's devices that are known to be removed. */
  readonly removed: readonly DeviceKey[];
}

/**
 * Whether the newest key is older than so many days, or as far in the future by two clocks, and there is room for another; or a device was
 * removed that it does not know of, for which there always is.
 */
export function isRotationDue({ recipients }: Secrets, occasion: Occasion): boolean {
  const { now, days, removed } = occasion;
  const [{ from, removed: known = [] }] = recipients;
  const isOld = now - from >= days * DAY_MS || isAhead(from, { own: now, others: occasion.others }, days);
  const isByAge = days > 0 && isOld && recipients.length < RECIPIENTS_KEPT;
  return isByAge || removed.some((device) => !known.includes(device));
}

/** Whether a time is so many days ahead of both clocks: it was noted while the own one was wrong. */
export function isAhead(time: number, { own, others }: Clocks, days: number): boolean {
  return others !== undefined && time - Math.max(own, others) >= days * DAY_MS;
}

/** What puts a new key, which knows of these removed devices, before those that are there; where they are too many the oldest goes. */
export async function newRecipient(
  random: (size: number) => Buffer,
  { now, removed }: Pick<Occasion, 'now' | 'removed'>,
): Promise<(secrets: Secrets) => Secrets> {
  const key = await createAgeIdentity(random);
  const newest = { key, from: now, ...(removed.length > 0 && { removed }) };
  return (secrets) => {
    const older = secrets.recipients.slice(0, RECIPIENTS_KEPT - 1).map(withoutRemoved);
    return { ...secrets, recipients: [newest, ...older] };
  };
}

/** The secrets with a newest key that none of these removed devices ever had: it was made for a device that is new itself. */
export function knowingRemoved(secrets: Secrets, removed: readonly DeviceKey[]): Secrets {
  if (removed.length === 0) return secrets;
  const [newest, ...older] = secrets.recipients;
  return { ...secrets, recipients: [{ ...newest, removed }, ...older] };
}

function withoutRemoved({ removed: _, ...key }: RecipientKey): RecipientKey {
  return key;
}

/**
 * The keys with what is known of their uses: since when each is replaced, and without those that nothing needs any more.
 * A key is replaced from the day a newer one was published; it goes when that is `keepDays` ago, it opened nothing for as
 * long, both by two clocks, and it is not among the newest three. With 0 days none goes.
 */
export function settledRecipients(
  recipients: Secrets['recipients'],
  usesOf: (key: RecipientKey) => Uses,
  clocks: Clocks,
  keepDays: number,
): Secrets['recipients'] {
  let published: number | undefined;
  const [newest, ...older] = recipients.map((key) => {
    const replaced = key.replaced ?? published;
    const { published: since } = usesOf(key);
    if (since !== undefined) published = Math.min(published ?? since, since);
    if (replaced === undefined) return key;
    // noted by a clock that was wrong: it counts as replaced today
    return { ...key, replaced: keepDays > 0 && isAhead(replaced, clocks, keepDays) ? clocks.own : replaced };
  });
  const isKept = (key: RecipientKey, place: number): boolean =>
    place < NEWEST - 1 || !isOver(key, usesOf(key), clocks, keepDays);
  return [newest ?? recipients[0], ...older.filter(isKept)];
}

function isOver({ replaced }: RecipientKey, { opened }: Uses, { own, others }: Clocks, keepDays: number): boolean {
  if (keepDays === 0 || replaced === undefined || opened === undefined || others === undefined) return false;
  return Math.min(own, others) - Math.max(replaced, opened) >= keepDays * DAY_MS;
}
