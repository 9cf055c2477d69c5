// What a user would swear by, looked for in a world that has settled.
import type { DeviceKey, EpochId, PersonId, StatementId } from '../../src/format/ids.js';
import type { EpochKeys } from '../../src/format/private/epoch.js';
import type { EpochBody } from '../../src/format/private/epoch-body.js';
import { isEntitled, type PlacedEpoch } from '../../src/topic/members/entitled.js';
import { causallyLast } from '../../src/topic/members/graph.js';
import { ROLE, type TopicStatement } from '../../src/topic/members/statement.js';
import type { GraphStatement, MembersGraph } from '../testkit/members-graph.js';
import type { Place, WorldLog } from './logs.js';
import { Keys, keysIn, linkedBy, openText } from './opened.js';
import { oracle } from './oracle.js';
import type { Item, Message, Replica } from './replica.js';
import { ROUNDS, type World } from './world.js';

/** Each promise that was broken, as one line. */
export function findings(world: World): string[] {
  const { members } = world;
  const [first] = members;
  if (!first) return [];
  const stirred = restless(world);
  // where every owner has left nobody may be there who has what either side needs of the other
  const { truth } = world;
  const isLed = world.owners.some(({ id }) => truth.role(id) === ROLE.owner);
  const together = isLed
    ? [...stirred, ...members.slice(1).flatMap((one) => disagreements(first, one)), ...unreadable(world)]
    : [];
  return [
    ...together,
    ...againstThePage(first),
    ...lostOwners(world, first),
    ...readable(world),
    ...backDated(world, first),
    ...(isLed ? lost(world, first) : []),
  ];
}

/** All agree on what is held, and so on roles and what counts. */
function disagreements(one: Replica, other: Replica): string[] {
  const ids = ({ held }: Replica): string =>
    held.graph.all
      .map(({ id }) => id)
      .sort()
      .join();
  if (ids(one) !== ids(other))
    return [
      `agree: ${one.held.graph.size} and ${other.held.graph.size} statements, waiting ${one.held.waiting.length} and ${other.held.waiting.length}`,
    ];
  const people = new Set([...one.resolution.persons, ...other.resolution.persons]);
  const differing = [...people].filter((person) => one.resolution.role(person) !== other.resolution.role(person));
  const logs = one.logs.all.filter(
    ({ log }) => one.endOf(log) !== other.endOf(log) || frozen(one, log) !== frozen(other, log),
  );
  return [
    ...differing.map((person) => `agree: role of ${person}`),
    ...logs.map(({ log }) => `agree: ${log} ends at ${one.endOf(log)} and ${other.endOf(log)}`),
  ];
}

function frozen({ logs }: Replica, log: WorldLog['log']): number {
  return logs.frozenAt(log);
}

/** Nothing counts, and nobody has a role, that the page does not give it. */
function againstThePage({ held, resolution }: Replica): string[] {
  const graph = graphOf(held.graph.all, [...resolution.owners]);
  const page = oracle(graph);
  const wrong = held.graph.all.filter(({ id }) => resolution.counts(id) !== page.counting.has(id));
  const roles = [...resolution.persons].filter((person) => resolution.role(person) !== page.role(person));
  return [
    ...wrong.map(({ id, says }) => `page: ${says.kind} ${id}`),
    ...roles.map((person) => `page: role of ${person}`),
  ];
}

/** Owners are owners until they leave: only a device of theirs can make them. */
function lostOwners(world: World, { resolution }: Replica): string[] {
  const lost = world.owners.filter(({ id }) => resolution.role(id) !== ROLE.owner);
  const isOwn = (id: PersonId): boolean => resolution.setsOn(id).some(({ author }) => author.person === id);
  return lost.filter(({ id }) => !isOwn(id)).map(({ name }) => `owner: ${name}`);
}

interface Sent extends Item {
  readonly message: Message;
  readonly place: Place;
}

function messages(world: World): Sent[] {
  return [...world.everything].filter((item): item is Sent => item.message !== undefined && item.place !== undefined);
}

/** Nobody whom a writer knew to be out opens what was written then, with everything ever written in hand. */
function readable(world: World): string[] {
  const powers = new Map<DeviceKey, ReadonlyMap<EpochId, EpochKeys>>();
  const power = (device: DeviceKey): ReadonlyMap<EpochId, EpochKeys> => {
    const known = powers.get(device) ?? everythingOpened(world, device);
    powers.set(device, known);
    return known;
  };
  const opens = (device: DeviceKey, { place, message }: Sent): boolean => {
    const keys = power(device).get(message.under);
    return keys !== undefined && openText(keys, place, message.sealed) === message.text;
  };
  return messages(world).flatMap((sent) =>
    sent.message.shut
      .filter((out) => opens(out.device, sent) && !isExcused(world, sent.message, out))
      .map(({ device, isByRole }) => `out: ${device} (${isByRole ? 'role' : 'device'}) opens what ${sent.by} wrote`),
  );
}

/** Let in again by somebody who did not know, given away by somebody bad, or out only by what turned out to be void. */
function isExcused(world: World, { under, knew }: Message, { device, isByRole }: Message['shut'][number]): boolean {
  const [first] = world.members;
  const person = world.personOf(device);
  const maker = first && makerOf(first, under);
  if (!first || !person || !maker || world.replicas.get(maker)?.device.state !== 'ok') return true;
  const { resolution } = first;
  const written = [...world.everything].flatMap(({ statements = [] }) => statements);
  const sets = written.filter(({ says }) => says.kind === 'set' && says.person === person);
  const isLetIn = sets.some(({ id, says }) => says.kind === 'set' && says.role === ROLE.member && !knew.has(id));
  const isVoid = !sets.some(
    ({ id, says }) => says.kind === 'set' && says.role === ROLE.none && knew.has(id) && resolution.counts(id),
  );
  if (isByRole) return isLetIn || isVoid;
  const owner = world.people.find(({ id }) => id === person);
  return owner?.current.some(({ key }) => key === device) === true || owner?.wasStolen === true;
}

function makerOf({ held }: Replica, epoch: EpochId): DeviceKey | undefined {
  return held.graph.all.find(({ says }) => says.kind === 'epoch' && says.epoch === epoch)?.author.device;
}

/** The keys that a device had, finds in wraps of anything ever written, and what they lead to. */
function everythingOpened(world: World, device: DeviceKey): ReadonlyMap<EpochId, EpochKeys> {
  const keyring = new Keys();
  const items = [...world.everything];
  // keys that somebody bad gave away who had them are no fault of the rules
  const stated = items.flatMap(({ statements = [], isEvil }) => (isEvil ? [] : statements));
  const honest = new Set(stated.flatMap(({ says }) => (says.kind === 'epoch' ? [says.epoch] : [])));
  const epochs = items.flatMap(({ statements = [] }) =>
    statements.map(({ says }) => says).filter((says): says is EpochBody => says.kind === 'epoch'),
  );
  const follow = (from: Keys): readonly EpochKeys[] => {
    for (let version = -1; version !== from.version; ) {
      version = from.version;
      for (const body of epochs) {
        const keys = from.epoch(body.epoch);
        if (keys) from.learn(linkedBy(keys, body));
      }
    }
    return from.all;
  };
  const leaked = new Keys();
  for (const { wrap, isEvil } of items) {
    if (!wrap?.to.has(device) || wrap.noise?.has(device)) continue;
    const keys = keysIn(wrap, world.topic);
    const isLeak = ({ id }: EpochKeys): boolean => isEvil === true && honest.has(id);
    leaked.learn(keys.filter(isLeak));
    keyring.learn(keys.filter((one) => !isLeak(one)));
  }
  const given = new Set(follow(leaked).map(({ id }) => id));
  const own = world.isTold(device) ? [] : (world.replicas.get(device)?.keys ?? []);
  keyring.learn(own.filter(({ id }) => !given.has(id)));
  return new Map(follow(keyring).map((keys) => [keys.id, keys]));
}

/** Every entitled device opens what honest people wrote, if anybody honest can. */
function unreadable(world: World): string[] {
  const { members } = world;
  return messages(world).flatMap((sent) => {
    const { by, message, isEvil } = sent;
    const reads = (one: Replica): boolean => one.textOf(sent) === message.text;
    if (isEvil || world.replicas.get(by)?.device.state !== 'ok' || !members.some(reads)) return [];
    const lacking = members.filter((one) => !reads(one) && mayHave(world, one, message.under));
    return lacking.map(({ device }) => `entitled: ${device.key} lacks what ${by} wrote`);
  });
}

/** What counts of somebody's log behind its removal is what those held who took it out. */
function backDated(world: World, first: Replica): string[] {
  const { resolution } = first;
  return messages(world).flatMap((sent) => {
    const { place, by } = sent;
    const past = resolution.graph.pastOf(place.log.heads);
    if (!past || !first.counts(place)) return [];
    const removals = resolution
      .setsOn(place.log.author.person)
      .filter((set) => set.says.role === 0 && !past.has(set.at));
    const heldBy = (id: StatementId): number => {
      const held = world.setting.heldAt.get(id);
      return held ? (held.get(place.log.log) ?? 0) : Number.POSITIVE_INFINITY;
    };
    const late = causallyLast(removals).filter(({ id }) => heldBy(id) <= place.seq);
    return late.map(({ id }) => `late: ${by} is heard at ${place.seq}, not held when ${id} was written`);
  });
}

/** Nothing is lost that was said by somebody who was let in and never taken out, on a device that was never taken away. */
function lost(world: World, first: Replica): string[] {
  const all = messages(world);
  const standing = new Set(all.filter(({ place }) => first.counts(place)).map(({ message }) => message.text));
  const sets = [...world.everything].flatMap(({ statements = [] }) => statements);
  // taken out, or let in by somebody who had no right to
  const isDoubtful = ({ id, says }: TopicStatement): boolean =>
    says.kind === 'set' && (says.role === ROLE.none || !first.resolution.counts(id));
  const doubtful = new Set(sets.filter(isDoubtful).flatMap(({ says }) => (says.kind === 'set' ? [says.person] : [])));
  const isSafe = ({ by, isEvil }: Sent): boolean => {
    const device = world.replicas.get(by)?.device;
    if (isEvil || device?.state !== 'ok') return false;
    const { person } = device;
    return (
      !doubtful.has(person.id) && !person.wasStolen && !person.isBad && person.current.some(({ key }) => key === by)
    );
  };
  const missing = all.filter((sent) => isSafe(sent) && !standing.has(sent.message.text));
  return missing.map(({ by, message }) => `lost: ${message.text} of ${by}`);
}

function mayHave(world: World, { held, resolution, device }: Replica, under: EpochId): boolean {
  const epoch = held.graph.all.find((one): one is PlacedEpoch => one.says.kind === 'epoch' && one.says.epoch === under);
  return epoch !== undefined && isEntitled(resolution, device.person.id, epoch, (key) => world.personOf(key));
}

/** Whoever takes part can write, all read it, and then there is nothing more to be made. */
function restless(world: World): string[] {
  const { members } = world;
  const silent = members.filter((one) => !world.post(one)).map(({ device }) => `rest: ${device.key} cannot write`);
  world.meet(ROUNDS);
  const made = (): number => members.reduce((sum, one) => sum + one.epochsMade, 0);
  const before = made();
  const posted = members.flatMap((one) => world.post(one) ?? []);
  const isAtRest = world.meet(ROUNDS);
  const blind = posted.flatMap((item) =>
    members
      .filter((one) => one.textOf(item) !== item.message?.text || !item.place || !one.counts(item.place))
      .map(({ device }) => `rest: ${device.key} does not read ${item.by}`),
  );
  return [
    ...silent,
    ...blind,
    ...(made() > before ? [`rest: ${made() - before} epochs more`] : []),
    ...(isAtRest ? [] : [`rest: none after ${ROUNDS} rounds`]),
  ];
}

/** Real statements in the form without bytes. */
function graphOf(statements: readonly TopicStatement[], owners: readonly PersonId[]): MembersGraph {
  const name = (person: PersonId, device: DeviceKey): string => `${person}.${device}`;
  const told = statements.map(({ id, author, prev, says }): GraphStatement => {
    const common = { id, by: name(author.person, author.device), generation: author.generation, prev };
    if (says.kind === 'set') return { ...common, set: { person: says.person, role: says.role } };
    if (says.kind === 'epoch') return { ...common, epoch: { to: [] } };
    if (says.kind !== 'devices' || !says.list)
      return says.kind === 'merge' ? { ...common, merge: true } : { ...common, other: true };
    const { person, generation, version, digest, authority, current, removed } = says.list;
    const named = (devices: readonly DeviceKey[]): string[] => devices.map((device) => name(person, device));
    const list = {
      person,
      generation,
      version,
      hash: digest,
      authority: name(person, authority),
      current: named(current),
      removed: named(removed),
    };
    return { ...common, list };
  });
  return { owners, statements: told };
}
