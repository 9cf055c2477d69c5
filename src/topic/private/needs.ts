// What a device cannot read in a private topic for want of keys or statements, and what answers that (spec/epochs.md, "Control
// entries"; spec/private.md, "Sharing").
import type { DeviceKey, EpochId, LogId, PersonId, StatementId } from '../../format/ids.js';
import { ANSWERED_BYTES_MAX, NEED_EPOCHS_OF_LOG_MAX, NEED_MAX, SHARED_EPOCHS_MAX } from '../../format/limits.js';
import type { LogEpoch, Need } from '../../format/private/control-body.js';
import type { Signed } from '../../format/private/signed.js';
import { statementId } from '../../format/private/statement.js';
import { decodeVeiled } from '../../format/private/veiled-payload.js';
import type { Repository } from '../../repository/repository.js';
import { epochsIn, isEntitled } from '../members/entitled.js';
import { knowsRemovals, reachable } from '../members/keys-known.js';
import type { Share } from '../members/sharing.js';
import { ROLE } from '../members/statement.js';
import type { LiveKeyring } from '../message/keyring.js';
import type { KnownAround } from './keys-known.js';
import type { PlacedClaim, PlacedNeed } from './told.js';
import type { TopicView } from './topic-view.js';

/** What is lacking here. */
export function needOf(repository: Repository, view: TopicView, keyring: LiveKeyring): Need {
  const counting = epochsIn(view.resolution).filter(({ id }) => view.resolution.counts(id));
  const lacked = counting.filter(({ says }) => keyring.epoch(view.topic, says.epoch)?.data === undefined);
  return {
    pairs: view.logs.flatMap(({ log }) => waitingIn(repository, log)).slice(0, NEED_MAX),
    statements: [...new Set([...view.held.missing, ...missingHeads(view)])].slice(0, NEED_MAX),
    epochs: [...new Set(lacked.map(({ says }) => says.epoch))].sort().slice(0, NEED_MAX),
  };
}

/** Statements that logs begin with and that are nowhere here: their entries wait for them. */
function missingHeads({ logs, held }: TopicView): readonly StatementId[] {
  const waiting = new Set(held.waiting.map(({ id }) => id));
  const isKnown = (id: StatementId): boolean =>
    held.graph.get(id) !== undefined || waiting.has(id) || held.isDiscarded(id);
  return logs.flatMap(({ heads }) => heads.filter((id) => !isKnown(id))).sort();
}

/** The numbers of a log's epochs of which something waits. */
function waitingIn(repository: Repository, log: LogId): readonly LogEpoch[] {
  const numbers = new Set<number>();
  for (const run of repository.runs(log).filter(({ waits }) => waits)) {
    for (const entry of repository.entries(log, Math.max(run.first, 1), run.end)) {
      const isWaiting = entry.payload && repository.interpreter.whyUnopened(entry, entry.payload) === 'waiting';
      const veiled = isWaiting ? decodeVeiled(entry.payload) : undefined;
      if (veiled) numbers.add(veiled.n);
    }
  }
  return [...numbers]
    .sort((a, b) => a - b)
    .slice(0, NEED_EPOCHS_OF_LOG_MAX)
    .map((n) => ({ log, n }));
}

/** Whether nothing is lacking. */
export function isNothing({ pairs, statements, epochs }: Need): boolean {
  return pairs.length + statements.length + epochs.length === 0;
}

/** Whether both say the same. */
export function isSameNeed(a: Need, b: Need): boolean {
  return nameOf(a) === nameOf(b);
}

function nameOf({ pairs, statements, epochs }: Need): string {
  const ordered = pairs.map(({ log, n }) => `${log}:${n}`).sort();
  return [ordered.join(), [...statements].sort().join(), [...epochs].sort().join()].join('/');
}

/** The keys that answer what a current device needs, as far as they are here, it may have them, and nobody gave them since. */
export function sharesAnswering(
  view: TopicView,
  around: KnownAround,
  keyring: LiveKeyring,
  asked: PlacedNeed,
): readonly Share[] {
  const { device } = asked;
  const person = memberAt(view, around, device);
  if (person === undefined) return [];
  const wanted = epochsWanted(view, asked).filter((epoch) => !isAnswered(answersTo(view, asked, [epoch]), around.own));
  const stated = epochsIn(view.resolution).filter(({ says }) => wanted.includes(says.epoch));
  const whole = stated.filter(
    (epoch) =>
      keyring.epoch(view.topic, epoch.says.epoch)?.data &&
      isEntitled(view.resolution, person, epoch, around.personOf) &&
      knowsRemovals(around.known, epoch.says, person),
  );
  if (whole.length === 0) return [];
  const epochs = [...new Set(whole.map(({ says }) => says.epoch))].slice(-SHARED_EPOCHS_MAX);
  return [{ device, person, epochs, isControlAlone: false, isLetter: false }];
}

/** Who takes part at a device; undefined for one that is no current one of anybody who does. */
function memberAt(
  { resolution }: TopicView,
  { personOf, known }: KnownAround,
  device: DeviceKey,
): PersonId | undefined {
  const person = personOf(device);
  if (person === undefined || resolution.role(person) < ROLE.member) return undefined;
  return reachable(known, person).includes(device) ? person : undefined;
}

/** The epochs whose keys are asked for, as far as it is known here which they are. */
export function epochsWanted(view: TopicView, { need }: PlacedNeed): readonly EpochId[] {
  const ofPairs = need.pairs.flatMap(({ log, n }) => view.logs.find((one) => one.log === log)?.epochs.get(n) ?? []);
  return [...need.epochs, ...ofPairs];
}

/** Who says that it gave both secrets of any of these to who asks for them: before it asked, which did not help, and since. */
interface Answers {
  readonly before: ReadonlySet<DeviceKey>;
  readonly since: readonly DeviceKey[];
}

function answersTo({ claims }: TopicView, { device, arrival }: PlacedNeed, wanted: readonly EpochId[]): Answers {
  const told = claims.filter(
    ({ devices, epochs, isControlAlone }) =>
      !isControlAlone && epochs.some((one) => wanted.includes(one)) && devices.some((to) => to.device === device),
  );
  const by = (isOne: (claim: PlacedClaim) => boolean): DeviceKey[] => told.filter(isOne).map((claim) => claim.by);
  return { before: new Set(by((one) => one.arrival <= arrival)), since: by((one) => one.arrival > arrival) };
}

/** Whether somebody gave it since it was asked for: this device, or one that did not give it in vain before. */
function isAnswered({ before, since }: Answers, own: DeviceKey): boolean {
  return since.some((by) => by === own || !before.has(by));
}

/** Whether somebody who did not before says it gave what is lacking here still: so it is asked for again, once for each who does. */
export function isAnsweredInVain(view: TopicView, asked: PlacedNeed): boolean {
  const { before, since } = answersTo(view, asked, epochsWanted(view, asked));
  return since.some((by) => !before.has(by));
}

/** The statements that somebody lacks and nobody repeated since: as many as one export has for one device, the others later. */
export function statementsAnswering(
  view: Pick<TopicView, 'controls' | 'signed'>,
  { need, arrival }: Pick<PlacedNeed, 'need' | 'arrival'>,
): readonly Signed[] {
  const repeated = new Set<StatementId>();
  for (const { body, arrival: at } of view.controls) {
    if (at > arrival) for (const { bytes } of body?.statements ?? []) repeated.add(statementId(bytes));
  }
  let bytes = 0;
  const lacked = need.statements.filter((id) => !repeated.has(id)).flatMap((id) => view.signed.get(id) ?? []);
  return lacked.filter((one) => {
    bytes += one.bytes.length;
    return bytes <= ANSWERED_BYTES_MAX;
  });
}

/**
 * Statements that others may never see: they count, or others cite them, and stand only where a log is void or contradicts itself
 * (spec/private.md, "Past").
 */
export function statementsToRepeat({ held, controls, signed, endOf }: TopicView): readonly Signed[] {
  const sound = new Set<StatementId>();
  const found = new Set<StatementId>();
  for (const { body, frozen, log, seq } of controls) {
    const isSound = !frozen && seq < (endOf(log) ?? 0);
    for (const { bytes } of body?.statements ?? []) (isSound ? sound : found).add(statementId(bytes));
  }
  const isOf = (id: StatementId): boolean => {
    const placed = held.graph.get(id);
    return placed !== undefined && (held.resolution.counts(id) || isCitedByOthers(held, placed));
  };
  return [...found].filter((id) => !sound.has(id) && isOf(id)).flatMap((id) => signed.get(id) ?? []);
}

function isCitedByOthers(
  { graph }: TopicView['held'],
  { at, author }: { readonly at: number; readonly author: { readonly device: string } },
): boolean {
  return graph.all.some((one) => one.author.device !== author.device && one.past.has(at));
}
