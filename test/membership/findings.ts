// What a user would swear by, looked for in a world that has settled.
import type { DeviceKey, EpochId, PersonId } from '../../src/format/ids.js';
import type { EpochBody } from '../../src/format/private/epoch-body.js';
import { isEntitled, type PlacedEpoch } from '../../src/topic/members/entitled.js';
import { ROLE, type TopicStatement } from '../../src/topic/members/statement.js';
import type { GraphStatement, MembersGraph } from '../testkit/members-graph.js';
import { oracle } from './oracle.js';
import type { Item, Message, Replica } from './replica.js';
import type { World } from './world.js';

/** Each promise that was broken, as one line. */
export function findings(world: World): string[] {
  const { members } = world;
  const [first] = members;
  if (!first) return [];
  const stirred = restless(world);
  return [
    ...stirred,
    ...members.slice(1).flatMap((one) => disagreements(first, one)),
    ...againstThePage(first),
    ...lostOwners(world, first),
    ...readable(world),
    ...unreadable(world),
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
  return differing.map((person) => `agree: role of ${person}`);
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
}

function messages(world: World): Sent[] {
  return [...world.everything].filter((item): item is Sent => item.message !== undefined);
}

/** Nobody whom a writer knew to be out opens what was written then, with everything ever written in hand. */
function readable(world: World): string[] {
  const powers = new Map<DeviceKey, ReadonlySet<EpochId>>();
  const power = (device: DeviceKey): ReadonlySet<EpochId> => {
    const known = powers.get(device) ?? everythingOpened(world, device);
    powers.set(device, known);
    return known;
  };
  return messages(world).flatMap(({ by, message }) =>
    message.shut
      .filter((out) => power(out.device).has(message.under) && !isExcused(world, message, out))
      .map(({ device, isByRole }) => `out: ${device} (${isByRole ? 'role' : 'device'}) opens what ${by} wrote`),
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

/** The data secrets that a device had, is wrapped by anything ever written, and what they lead to. */
function everythingOpened(world: World, device: DeviceKey): ReadonlySet<EpochId> {
  const opened = new Set(world.replicas.get(device)?.data ?? []);
  const items = [...world.everything];
  for (const { wrap } of items) {
    if (wrap?.to.has(device) && !wrap.isControlAlone && !wrap.noise?.has(device))
      for (const epoch of wrap.epochs) opened.add(epoch);
  }
  const epochs = items.flatMap(({ statements = [] }) =>
    statements.map(({ says }) => says).filter((says): says is EpochBody => says.kind === 'epoch'),
  );
  for (let size = -1; size !== opened.size; ) {
    size = opened.size;
    for (const { epoch, dataLinks } of epochs)
      if (opened.has(epoch)) for (const link of dataLinks) opened.add(link.epoch);
  }
  return opened;
}

/** Every entitled device opens what honest people wrote, if anybody honest can. */
function unreadable(world: World): string[] {
  const { members } = world;
  const anybody = new Set(members.flatMap(({ data }) => [...data]));
  return messages(world).flatMap(({ by, message }) => {
    if (world.replicas.get(by)?.device.state !== 'ok' || !anybody.has(message.under)) return [];
    const lacking = members.filter((one) => !one.data.has(message.under) && mayHave(world, one, message.under));
    return lacking.map(({ device }) => `entitled: ${device.key} lacks what ${by} wrote`);
  });
}

function mayHave(world: World, { held, resolution, device }: Replica, under: EpochId): boolean {
  const epoch = held.graph.all.find((one): one is PlacedEpoch => one.says.kind === 'epoch' && one.says.epoch === under);
  return epoch !== undefined && isEntitled(resolution, device.person.id, epoch, (key) => world.personOf(key));
}

/** Whoever takes part can write, all read it, and then there is nothing more to be made. */
function restless(world: World): string[] {
  const { members } = world;
  const silent = members.filter((one) => !one.post()).map(({ device }) => `rest: ${device.key} cannot write`);
  world.meet(3);
  const made = (): number => members.reduce((sum, one) => sum + one.epochsMade, 0);
  const before = made();
  const posted = members.flatMap((one) => one.post() ?? []);
  world.meet(3);
  const blind = posted.flatMap(({ by, message }) =>
    members
      .filter(({ data }) => message && !data.has(message.under))
      .map(({ device }) => `rest: ${device.key} does not read ${by}`),
  );
  return [...silent, ...blind, ...(made() > before ? [`rest: ${made() - before} epochs more`] : [])];
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
