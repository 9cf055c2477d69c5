// Giving the keys of a private topic to devices of members that lack them: beside a control entry, or by a letter to who has none yet
// (spec/private.md, "Sharing"; spec/epochs.md, "Letters").
import type { DeviceKey, EpochId, PersonId, TopicId } from '../../format/ids.js';
import { LETTER_DAYS, LETTER_LOGS_MAX, SHARED_EPOCHS_MAX } from '../../format/limits.js';
import type { EpochKeys } from '../../format/private/epoch.js';
import type { Signed } from '../../format/private/signed.js';
import type { WrappedTo } from '../../format/private/wrapped-to.js';
import { storedCard } from '../../identity/devices.js';
import type { LetterFields } from '../../identity/letter.js';
import { type LetterFile, writeLetter } from '../../identity/letter-file.js';
import { decidedRelation } from '../../identity/relations.js';
import type { Repository } from '../../repository/repository.js';
import { epochsIn, grantsOf, isEntitled, type PlacedEpoch } from '../members/entitled.js';
import { knowsRemovals } from '../members/keys-known.js';
import { participants } from '../members/resolve.js';
import { surelyHas } from '../members/shared.js';
import { planSharing, type Share } from '../members/sharing.js';
import { type Author as Member, ROLE } from '../members/statement.js';
import type { LiveKeyring } from '../message/keyring.js';
import { PERSON_LABEL, personTopic } from '../person-topic.js';
import { decidedIn, type KnownAround, knownAround } from '../private/keys-known.js';
import { controlDraft } from '../private/log-sealing.js';
import { whyNotWriting } from '../private/may-write.js';
import { wrappable, wrapsFor } from '../private/new-epoch.js';
import { type TopicView, viewTopic } from '../private/topic-view.js';
import { LETTER } from '../reading/person-log.js';
import type { Author } from './author-type.js';
import { type Draft, postLocked } from './post.js';
import { openedKeyring } from './veil.js';

/** A letter that was written into the own person log. */
export interface WrittenLetter {
  readonly person: PersonId;
  readonly file: Buffer;
}

/** What was given away. */
export interface KeysShared {
  /** The author as it is afterwards. */
  readonly author: Author;
  readonly letters: readonly WrittenLetter[];
}

/** What sharing works with. */
export interface Sharing {
  readonly repository: Repository;
  readonly author: Author;
  readonly view: TopicView;
  readonly around: KnownAround;
  readonly keyring: LiveKeyring;
}

/** What is at hand for a topic in which the author can write; undefined elsewhere. */
export async function openSharing(
  repository: Repository,
  author: Author,
  topic: TopicId,
): Promise<Sharing | undefined> {
  const keyring = await openedKeyring(repository, author);
  const view = viewTopic(repository, topic);
  if (!view || whyNotWriting(view, author.self.person)) return undefined;
  const around = knownAround(decidedIn(repository, author.self), view, keyring);
  const isOurs = around.known.currentOf(author.self.person).includes(author.self.device);
  return isOurs ? { repository, author, view, keyring, around } : undefined;
}

/**
 * Shares what is due in a topic; durable when it returns. Only under the repository's lock.
 * @throws SatchelError as `post`
 */
export async function shareKeys(repository: Repository, author: Author, topic: TopicId): Promise<KeysShared> {
  const sharing = await openSharing(repository, author, topic);
  if (!sharing) return { author, letters: [] };
  const own = memberOf(author);
  const added = addedBy(sharing.view, author.self.device);
  const before = lackedBefore(sharing);
  const { shares } = planSharing({
    resolution: sharing.view.resolution,
    known: sharing.around.known,
    seen: sharing.around.seen,
    personOf: sharing.around.personOf,
    own,
    added,
    lackedBefore: (device, epoch) => before(sharing.around.personOf(device), epoch),
  });
  const isDue: IsDue = (person, epochs) => {
    if (person === own.person || added.has(person)) return true;
    return epochs.some(({ says, author: { device } }) => device === own.device || before(person, says.epoch));
  };
  const first = firstLetters(sharing, isDue);
  const others = [...placingLetters(sharing, isDue), ...withLetters(sharing, shares)];
  return share(sharing, [...first, ...others.filter(({ device }) => !first.some((one) => one.device === device))]);
}

/** Whether a person is to be told of these epochs by now. */
type IsDue = (person: PersonId, epochs: readonly PlacedEpoch[]) => boolean;

/**
 * Letters for devices that nobody wrote one to and that wrote nothing: what is wrapped to them in logs they cannot find yet,
 * whatever is said of it.
 */
function firstLetters(sharing: Sharing, isDue: IsDue): readonly Share[] {
  const { author, view, around } = sharing;
  const { resolution, logs, claims } = view;
  const isReached = (device: DeviceKey, isBelieved: (by: DeviceKey) => boolean): boolean =>
    logs.some((log) => log.author.device === device) ||
    claims.some(
      ({ isLetter, devices, by }) => isLetter && devices.some((to) => to.device === device) && isBelieved(by),
    );
  return participants(resolution).flatMap((person) => {
    const isBelieved = believed({ author, view, around }, person);
    const devices = wrappable(around, person).filter(
      ({ device }) => device !== author.self.device && !isReached(device, isBelieved),
    );
    const epochs = epochsFor(sharing, person);
    if (devices.length === 0 || epochs.length === 0 || !isDue(person, epochs)) return [];
    const newest = epochs.slice(-SHARED_EPOCHS_MAX).map(({ says }) => says.epoch);
    return devices.map(({ device }) => ({ device, person, epochs: newest, isControlAlone: false, isLetter: true }));
  });
}

/**
 * Letters with what our own log begins under, for devices that may lack it: of who made that epoch it is not known that the wraps
 * are what they are said to be, and nothing in our log would ever be found there.
 */
function placingLetters(sharing: Sharing, isDue: IsDue): readonly Share[] {
  const { author, view, around } = sharing;
  const lacks = lacksOfOwnLog(sharing);
  return participants(view.resolution).flatMap((person) => {
    const epochs = epochsFor(sharing, person);
    return wrappable(around, person).flatMap(({ device }): Share[] => {
      const lacked = epochs.filter(({ says }) => lacks({ person, device }).includes(says.epoch));
      if (device === author.self.device || lacked.length === 0 || !isDue(person, lacked)) return [];
      return [{ device, person, epochs: lacked.map(({ says }) => says.epoch), isControlAlone: false, isLetter: true }];
    });
  });
}

/** The epochs whose keys are here and may be given to a person whole. */
function epochsFor({ view, around, keyring }: Sharing, person: PersonId): readonly PlacedEpoch[] {
  return epochsIn(view.resolution).filter(
    (epoch) =>
      keyring.epoch(view.topic, epoch.says.epoch)?.data &&
      isEntitled(view.resolution, person, epoch, around.personOf) &&
      knowsRemovals(around.known, epoch.says, person),
  );
}

/** Who is believed to have given a person keys: its own devices, ours, and those of who added it. */
function believed({ author, view, around }: Pick<Sharing, 'author' | 'view' | 'around'>, person: PersonId) {
  const added = grantsOf(view.resolution, person).map((grant) => grant.author.person);
  const devices = [author.self.person, person, ...added].flatMap((one) => around.known.currentOf(one));
  return (by: DeviceKey): boolean => devices.includes(by);
}

/** Who would not find what is written in our log gets a letter. */
export function withLetters(sharing: Sharing, shares: readonly Share[]): readonly Share[] {
  const lacks = lacksOfOwnLog(sharing);
  return shares.map((one) => ({ ...one, isLetter: one.isLetter || lacks(one).length > 0 }));
}

/** Of what our log begins under, what a device may lack: it would never find what is written there for it. */
function lacksOfOwnLog(sharing: Sharing): (to: Pick<Share, 'person' | 'device'>) => readonly EpochId[] {
  const { view, around } = sharing;
  const begun = epochsBegunUnder(sharing);
  const isBelievedBy = new Map<PersonId, (by: DeviceKey) => boolean>();
  return ({ person, device }) => {
    const isBelieved = isBelievedBy.get(person) ?? believed(sharing, person);
    isBelievedBy.set(person, isBelieved);
    const claimsTo = (one: DeviceKey) => around.seen.claimsTo(one).filter(({ by }) => isBelieved(by));
    const had = surelyHas(view.resolution, { ...around.seen, claimsTo, isBelieved }, device);
    return begun.filter((epoch) => !had.has(epoch));
  };
}

/** Whether our log begins under one of these epochs. */
export function beginsUnder(sharing: Sharing, epochs: readonly EpochId[]): boolean {
  return epochsBegunUnder(sharing).some((epoch) => epochs.includes(epoch));
}

function epochsBegunUnder({ author, view }: Sharing): readonly EpochId[] {
  const own = view.logs.filter((one) => one.author.device === author.self.device);
  const written = own.filter(({ log }) => view.endOf(log) === Number.POSITIVE_INFINITY);
  return written.flatMap(({ epochs }) => epochs.get(0) ?? []);
}

/** The author as statements and logs name it. */
function memberOf({ self }: Pick<Author, 'self'>): Member {
  const { generation } = storedCard(self.card).binding;
  return { person: self.person, device: self.device, generation };
}

/** Gives these keys away: letters first, so that nobody hears of what was never written. */
export async function share(sharing: Sharing, shares: readonly Share[]): Promise<KeysShared> {
  const { repository, view } = sharing;
  const letters: WrittenLetter[] = [];
  const told: Draft[] = [];
  for (const due of lettersDue(sharing, shares)) {
    const { file, epochs } = await letterFor(sharing, due);
    letters.push({ person: due.person, file });
    told.push(...claimsOf(due, epochs));
  }
  let { author } = sharing;
  if (letters.length > 0) {
    const place = { topic: personTopic(author.self.person), label: PERSON_LABEL };
    const day = Math.floor(repository.world.now() / DAY_MS) + LETTER_DAYS;
    const drafts = letters.map(({ file }) => ({ type: LETTER, body: file, meta: { expires: day } }));
    author = (await postLocked(repository, author, place, drafts)).author;
  }
  const claims = [...told, ...(await wrappedShares(sharing, shares))];
  if (claims.length === 0) return { author, letters };
  const place = { topic: view.topic, label: view.policy.label };
  return { author: (await postLocked(repository, author, place, claims)).author, letters };
}

interface LetterDue {
  readonly person: PersonId;
  readonly devices: readonly WrappedTo[];
  readonly whole: readonly EpochId[];
  readonly control: readonly EpochId[];
}

/** One for each person; who is neither a contact nor ourselves would never see it. */
function lettersDue({ repository, author, around }: Sharing, shares: readonly Share[]): readonly LetterDue[] {
  const decided = decidedIn(repository, author.self);
  const due = new Map<PersonId, LetterDue>();
  for (const { person, device, epochs, isControlAlone, isLetter } of shares) {
    const relation = decidedRelation(decided, person);
    const serial = around.known.serialOf(device);
    if (!isLetter || serial === undefined || (relation !== 'contact' && relation !== 'self')) continue;
    const { devices, whole, control } = due.get(person) ?? { devices: [], whole: [], control: [] };
    due.set(person, {
      person,
      devices: [...devices.filter((one) => one.device !== device), { device, serial }],
      whole: isControlAlone ? whole : merged(whole, epochs),
      control: isControlAlone ? merged(control, epochs) : control,
    });
  }
  return [...due.values()];
}

/** That it was given what found room in its letter. */
function claimsOf({ devices }: LetterDue, written: readonly EpochKeys[]): Draft[] {
  return [false, true].flatMap((isControlAlone) => {
    const epochs = written.filter(({ data }) => (data === undefined) === isControlAlone).map(({ id }) => id);
    return epochs.length > 0 ? [controlDraft({ shared: { epochs, devices, isControlAlone } })] : [];
  });
}

function letterFor(sharing: Sharing, { person, devices, whole, control }: LetterDue): Promise<LetterFile> {
  const { repository, author, around } = sharing;
  const { random } = repository.world;
  const recipients = devices.flatMap(({ device }) => around.cardOf(device)?.recipient ?? []);
  return writeLetter(
    letterFields(sharing, person, [...keysFor(sharing, whole, false), ...keysFor(sharing, control, true)]),
    {
      card: storedCard(author.self.card),
      deviceSeed: author.secrets.device,
      recipients,
      random: (size) => random(size),
      isGranted: !sharing.view.resolution.owners.has(person),
    },
  );
}

function letterFields({ repository, view }: Sharing, person: PersonId, epochs: readonly EpochKeys[]): LetterFields {
  const { held, resolution, signed } = view;
  const grant = resolution.owners.has(person) ? [] : grantsOf(resolution, person).slice(-1);
  const ids = new Set(epochs.map(({ id }) => id));
  const newest = [...held.graph.all].reverse();
  const ofEpochs = newest.filter(({ says }) => says.kind === 'epoch' && ids.has(says.epoch));
  const ordered = new Set([...grant, ...ofEpochs, ...newest].map(({ id }) => id));
  return {
    statement: view.create.bytes,
    epochs,
    logs: view.logs
      .filter(({ log }) => view.endOf(log) !== 0)
      .map(({ log }) => log)
      .slice(0, LETTER_LOGS_MAX),
    statements: [...ordered].flatMap((id): Signed[] => {
      const one = signed.get(id) ?? held.graph.get(id);
      return one && 'bytes' in one ? [one as Signed] : [];
    }),
    person,
    heads: held.graph.heads().map(({ id }) => id),
    day: Math.floor(repository.world.now() / DAY_MS),
  };
}

/** Newest first; of what came by a link alone nothing can be passed on. */
function keysFor({ view, keyring }: Sharing, epochs: readonly EpochId[], isControlAlone: boolean): EpochKeys[] {
  return [...epochs].reverse().flatMap((id) => {
    const keys = keyring.epoch(view.topic, id);
    if (!keys?.dataHash) return [];
    return isControlAlone ? [{ id, control: keys.control, dataHash: keys.dataHash }] : [keys];
  });
}

/** Control entries with wraps: one for all devices that get the same. */
async function wrappedShares(sharing: Sharing, shares: readonly Share[]): Promise<Draft[]> {
  const groups = new Map<string, { readonly share: Share; readonly to: WrappedTo[] }>();
  for (const one of shares) {
    const serial = sharing.around.known.serialOf(one.device);
    if (one.isLetter || serial === undefined) continue;
    const name = `${one.isControlAlone}/${one.epochs.join()}`;
    const group = groups.get(name) ?? { share: one, to: [] };
    group.to.push({ device: one.device, serial });
    groups.set(name, group);
  }
  const drafts: Draft[] = [];
  const random = (size: number): Buffer => sharing.repository.world.random(size);
  for (const { share: one, to } of groups.values()) {
    const keys = keysFor(sharing, one.epochs, one.isControlAlone);
    if (keys.length === 0) continue;
    const epochs = keys.map(({ id }) => id);
    for (const { wrap, to: devices } of await wrapsFor({ ...sharing, random }, keys, to)) {
      drafts.push(controlDraft({ shared: { epochs, devices, isControlAlone: one.isControlAlone } }, { wrap }));
    }
  }
  return drafts;
}

/** People whom this device added. */
function addedBy({ held }: TopicView, device: DeviceKey): ReadonlySet<PersonId> {
  const own = held.graph.all.filter(({ author }) => author.device === device);
  return new Set(own.flatMap(({ says }) => (says.kind === 'set' && says.role === ROLE.member ? says.person : [])));
}

/**
 * Whether an import before the last one with news showed the lack already: then what would heal it by itself has had its time.
 * What shows it is the epoch's statement, and that the person takes part.
 */
function lackedBefore({ repository, author, view }: Sharing) {
  let lastNews = 0;
  for (const { device, arrival } of repository.logs()) {
    if (device !== author.self.device) lastNews = Math.max(lastNews, arrival);
  }
  return (person: PersonId | undefined, epoch: EpochId): boolean => {
    const stated = view.held.graph.all.filter(({ says }) => says.kind === 'epoch' && says.epoch === epoch);
    const granted = person === undefined ? [] : grantsOf(view.resolution, person);
    const shown = [...stated.slice(0, 1), ...granted.slice(-1)].map(({ id }) => view.arrivals.get(id) ?? 0);
    return shown.every((arrival) => arrival < lastNews);
  };
}

function merged(a: readonly EpochId[], b: readonly EpochId[]): readonly EpochId[] {
  return [...new Set([...a, ...b])];
}

const DAY_MS = 86_400_000;
