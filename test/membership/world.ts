// A private topic lived through by chance: honest devices that do what the rules have them do, bundles that are lost or partial, and
// thieves, forgers and people who turn bad. What a user would swear by is looked for in the end (`findings`).
import type { DeviceKey, EpochId, PersonId, StatementId, TopicId } from '../../src/format/ids.js';
import { decodeCreateStatement, encodeCreateStatement } from '../../src/format/private/create-statement.js';
import type { EpochBody } from '../../src/format/private/epoch-body.js';
import type { KnownBody } from '../../src/format/private/statement-body.js';
import type { Authority } from '../../src/identity/authority.js';
import { HeldStatements } from '../../src/topic/members/held.js';
import type { Resolution } from '../../src/topic/members/resolve.js';
import { RULES, type Rules } from '../../src/topic/members/rules.js';
import { type SignedStatement, writeStatement } from '../../src/topic/members/signed-statement.js';
import { ROLE } from '../../src/topic/members/statement.js';
import type { Chance } from '../testkit/chance.js';
import { type Device, idBy, Person } from './people.js';
import { devicesBody, type Item, Replica, type Setting, statedList } from './replica.js';

/** How long, and under which rules. */
export interface WorldOptions {
  readonly steps: number;
  readonly rules?: Partial<Rules>;
}

const NAMES = ['ana', 'bea', 'cleo', 'dora', 'emil', 'finn'];
/** Keys of somebody else, to be added by who is bad. */
const PUPPETS = ['puppet one', 'puppet two'];
const DEVICES_MOST = 3;

export class World {
  readonly chance: Chance;
  readonly people: readonly Person[];
  readonly owners: readonly Person[];
  readonly topic: TopicId;
  readonly replicas = new Map<DeviceKey, Replica>();
  readonly setting: Setting;
  readonly evilStatements: SignedStatement[] = [];
  readonly #bundles: (readonly Item[])[] = [];
  /** What whoever stole an authority has in hand. */
  readonly #stolen: {
    readonly person: Person;
    readonly power: { readonly device: Device; readonly authority: Authority };
  }[] = [];
  #epochs = 0;

  constructor(chance: Chance, { rules = {} }: WorldOptions) {
    this.chance = chance;
    this.people = [...NAMES, ...PUPPETS].map((name) => new Person(name));
    this.owners = this.people.slice(0, 1 + chance.below(3));
    const nonce = Buffer.alloc(16, chance.below(256));
    const owners = this.owners.map(({ id }) => id).sort();
    this.topic = decodeCreateStatement(encodeCreateStatement({ nonce, owners, label: 'garden' })).topic;
    this.setting = {
      topic: this.topic,
      owners: this.owners,
      people: this.people,
      personOf: (device) => this.#deviceOf(device)?.person.id,
      newEpoch: () => idBy<DeviceKey & EpochId>(`epoch ${this.#epochs++} of ${chance.number()}`),
      rules: { ...RULES, ...rules },
    };
    for (const person of this.people) this.#begin(person.authority);
  }

  #deviceOf(key: DeviceKey): Device | undefined {
    return this.people.flatMap(({ devices }) => devices).find((device) => device.key === key);
  }

  #begin(device: Device): Replica {
    const replica = new Replica(this.setting, device);
    this.replicas.set(device.key, replica);
    return replica;
  }

  get honest(): Replica[] {
    return [...this.replicas.values()].filter(({ device }) => device.state === 'ok' && !this.#isPuppet(device.person));
  }

  get #evil(): Replica[] {
    return [...this.replicas.values()].filter(({ device }) => device.state === 'evil');
  }

  #isPuppet(person: Person): boolean {
    return PUPPETS.includes(person.name);
  }

  /** A history of so many steps, and then everybody meets everybody. */
  live({ steps }: WorldOptions): void {
    const [ana] = this.owners;
    const first = ana && this.replicas.get(ana.authority.key);
    first?.makeEpoch();
    for (let i = 0; i < 3 && first; i++) this.#setRole(first);
    for (const owner of this.owners) this.replicas.get(owner.authority.key)?.take(first?.items ?? [], []);
    for (let step = 0; step < steps && this.honest.length > 0; step++) this.#step();
    this.#settle();
  }

  #step(): void {
    const { chance } = this;
    const evil = this.#evil;
    if (chance.happens(0.12) && evil.length > 0) {
      this.#doEvil(chance.pick(evil));
      return;
    }
    const replica = chance.pick(this.honest);
    const what = chance.number();
    if (what < 0.36) this.#receive(replica);
    else if (what < 0.56) this.#send(replica);
    else if (what < 0.72) replica.post();
    else if (what < 0.82) this.#setRole(replica);
    else if (what < 0.98) this.#changeDevices();
    else if (!this.owners.includes(replica.device.person)) this.#turnBad(replica.device.person);
  }

  #send(replica: Replica): void {
    const kept = [...replica.items].filter(() => this.chance.happens(0.85));
    this.#bundles.push(kept);
  }

  #receive(replica: Replica): void {
    const recent = this.#bundles.slice(-12);
    if (recent.length === 0) return;
    const others = this.honest.filter(() => this.chance.happens(0.2)).flatMap(({ lists }) => [...lists.values()]);
    replica.take(this.chance.pick(recent), others);
    replica.automatic();
  }

  #setRole(replica: Replica): void {
    const { chance } = this;
    if (!replica.hasJoined || replica.role < ROLE.member || !replica.isCurrent) return;
    const own = replica.device.person;
    if (chance.happens(replica.role === ROLE.owner ? 0.02 : 0.08)) {
      replica.write({ kind: 'set', person: own.id, role: ROLE.none, cut: [] });
      return;
    }
    if (replica.role !== ROLE.owner) return;
    const others = this.people.filter(
      (one) => !this.owners.includes(one) && (!this.#isPuppet(one) || chance.happens(0.1)),
    );
    const { id } = chance.pick(others);
    const role = replica.resolution.role(id) === ROLE.none ? ROLE.member : ROLE.none;
    replica.write({ kind: 'set', person: id, role, cut: [] });
    replica.automatic();
  }

  #turnBad(person: Person): void {
    person.isBad = true;
    for (const { key } of person.devices) this.#mark(key, 'evil');
  }

  #mark(key: DeviceKey, state: Device['state']): void {
    const device = this.#deviceOf(key);
    if (device) device.state = state;
    const replica = this.replicas.get(key);
    if (replica) replica.device.state = state;
  }

  /** A list that the person's authority made reaches its own current devices, or some of them. */
  #spread(person: Person): void {
    const list = statedList(person.list());
    for (const { key } of person.current) {
      const isThere = key === person.authority.key || this.chance.happens(0.6);
      if (isThere) this.replicas.get(key)?.take([], [list]);
    }
    this.replicas.get(person.authority.key)?.automatic();
  }

  #changeDevices(): void {
    const { chance } = this;
    const person = chance.pick(this.people.filter((one) => !one.isBad && !this.#isPuppet(one)));
    const { authority, current } = person;
    if (this.#stateOf(authority) !== 'ok') {
      this.#useWords(person);
      return;
    }
    const stolen = current.filter((device) => this.#stateOf(device) !== 'ok');
    const others = current.filter(({ key }) => key !== authority.key);
    if (stolen.length > 0 && chance.happens(0.6)) this.#remove(person, stolen);
    else if (current.length < DEVICES_MOST && chance.happens(0.5)) this.#add(person);
    else if (others.length > 0 && chance.happens(0.5)) this.#mark(chance.pick(others).key, 'evil');
    else if (chance.happens(0.3) && person.generation < 3) this.#steal(person);
  }

  #stateOf({ key }: Device): Device['state'] | undefined {
    return this.#deviceOf(key)?.state;
  }

  #add(person: Person): void {
    const device = person.certify();
    person.change([...person.current, device], person.removed);
    const from = this.replicas.get(person.authority.key);
    const replica = this.#begin(device);
    if (from) replica.welcome(from);
    replica.take([], [statedList(person.list())]);
    this.#spread(person);
  }

  #remove(person: Person, gone: readonly Device[]): void {
    const isGone = ({ key }: Device): boolean => gone.some((one) => one.key === key);
    const replica = this.replicas.get(person.authority.key);
    if (this.chance.happens(0.4)) for (const { key } of gone) replica?.disbelieved.add(key);
    person.change(
      person.current.filter((one) => !isGone(one)),
      [...person.removed, ...gone],
    );
    this.#spread(person);
  }

  #steal(person: Person): void {
    person.wasStolen = true;
    this.#stolen.push({ person, power: person.power() });
    this.#mark(person.authority.key, 'evil');
  }

  /** The recovery words, on a device that is left, or on a new one that learns what bundles bring. */
  #useWords(person: Person): void {
    const kept = person.current.filter((device) => this.#stateOf(device) === 'ok');
    const on = kept.length > 0 && this.chance.happens(0.8) ? this.chance.pick(kept) : undefined;
    const next = person.useWords(on, kept);
    const before = on && this.replicas.get(on.key);
    const replica = before ?? this.#begin(next);
    replica.device = next;
    if (!before) replica.take([], [statedList(person.list())]);
    this.#spread(person);
  }

  // what is not done

  #doEvil(replica: Replica): void {
    const { chance } = this;
    const strategy = chance.pick(STRATEGIES);
    const by = replica.device;
    const some = [...new Set([...this.people.map(({ id }) => id)])];
    if (strategy === 'set')
      this.#forge(replica, { kind: 'set', person: chance.pick(some), role: chance.pick([0, 3, 5]), cut: [] });
    if (strategy === 'leave') this.#forge(replica, { kind: 'set', person: by.person.id, role: 0, cut: [] });
    if (strategy === 'puppet') {
      const puppet = chance.pick(this.people.filter((one) => this.#isPuppet(one)));
      this.#forge(replica, { kind: 'set', person: puppet.id, role: 3, cut: [] });
      const told = this.replicas.get(puppet.authority.key);
      if (told) for (const epoch of replica.data) told.data.add(epoch);
    }
    if (strategy === 'epoch') this.#forgeEpoch(replica, this.setting.newEpoch());
    if (strategy === 'restated') {
      const known = [...replica.data];
      if (known.length > 0) this.#forgeEpoch(replica, chance.pick(known));
    }
    if (strategy === 'flood') for (let i = 0; i < 70; i++) this.#forge(replica, { kind: 'merge' }, i === 0);
    if (strategy === 'devices') this.#forgeList(replica);
    if (strategy === 'mint') this.#mint(by.person);
  }

  /** Cites the newest, something old, or nothing: whatever may help. */
  #evilPrev(replica: Replica): StatementId[] {
    const { chance } = this;
    const all = replica.held.graph.all;
    const grant = all.filter(
      ({ says }) => says.kind === 'set' && says.person === replica.device.person.id && says.role === 3,
    );
    const base = grant.length > 0 ? [chance.pick(grant).id] : [];
    const how = chance.below(3);
    if (all.length === 0 || how === 0) return base;
    const more = how === 1 ? chance.pick(all).id : chance.pick(replica.held.graph.heads()).id;
    return [...new Set([...base, more])];
  }

  #forge(replica: Replica, body: KnownBody, isAimed = true): void {
    const { card, seed } = replica.device;
    const prev = this.#evilPrev(replica);
    const statement = writeStatement({ topic: this.topic, card, prev, timeMs: this.evilStatements.length, body }, seed);
    this.#publish(replica, statement, isAimed);
  }

  #publish(replica: Replica, statement: SignedStatement, isAimed: boolean, more: Partial<Item> = {}): void {
    this.evilStatements.push(statement);
    const control = [...replica.control];
    if (control.length === 0) return;
    const item: Item = {
      by: replica.device.key,
      under: this.chance.pick(control),
      statements: [statement],
      isEvil: true,
      ...more,
    };
    replica.take([item], []);
    // to everybody, or to one alone
    if (isAimed && this.chance.happens(0.3)) this.chance.pick(this.honest).take([item], []);
    else this.#bundles.push([item]);
  }

  #forgeEpoch(replica: Replica, epoch: EpochId): void {
    const { chance } = this;
    const everybody = [...this.replicas.keys()];
    const to = new Set([replica.device.key, ...everybody.filter(() => chance.happens(0.6))]);
    const known = [...replica.lists.values()].filter(() => chance.happens(0.5));
    const byPerson = new Map(known.map(({ person, digest }) => [person, digest]));
    const body: EpochBody = {
      kind: 'epoch',
      epoch,
      to: [...to].map((device) => ({ device, serial: 1 })),
      lists: [...byPerson].map(([person, digest]) => ({ person, lists: [digest] })),
      controlLinks: [],
      dataLinks: [],
    };
    const { card, seed } = replica.device;
    const prev = this.#evilPrev(replica);
    const statement = writeStatement({ topic: this.topic, card, prev, timeMs: this.evilStatements.length, body }, seed);
    replica.control.add(epoch);
    replica.data.add(epoch);
    const noise = new Set([...to].filter((key) => key !== replica.device.key && chance.happens(0.3)));
    this.#publish(replica, statement, true, { wrap: { epochs: [epoch], to, isControlAlone: false, noise } });
  }

  /** A list by whoever has or had the authority, or one that is another's. */
  #forgeList(replica: Replica): void {
    const { chance } = this;
    const { person } = replica.device;
    const power = this.#powerOf(replica.device) ?? person.power();
    const others = person.devices.filter(({ key }) => key !== power.device.key);
    const current = [power.device, ...others.filter(() => chance.happens(0.4))];
    const removed = others.filter((one) => !current.includes(one) && chance.happens(0.6));
    const isOwn = this.#powerOf(replica.device) !== undefined;
    const list = isOwn ? person.listBy(power, current, removed, 1 + chance.below(9)) : person.list();
    this.#forge(replica, devicesBody(list));
  }

  #powerOf({ key, person }: Device): { readonly device: Device; readonly authority: Authority } | undefined {
    const stolen = this.#stolen.find(({ power }) => power.device.key === key)?.power;
    return stolen ?? (person.isBad && person.authority.key === key ? person.power() : undefined);
  }

  /** The thief of an authority certifies a device of its own, with everything it knows. */
  #mint(person: Person): void {
    const power = this.#stolen.find((one) => one.person === person)?.power;
    const from = power && this.replicas.get(power.device.key);
    if (!power || !from || person.devices.length > 8) return;
    const device = person.certify(power);
    device.state = 'evil';
    this.#begin(device).welcome(from);
  }

  /** Thefts end, and everybody meets everybody until nothing more happens. */
  #settle(): void {
    for (const person of this.people) {
      if (person.isBad || this.#isPuppet(person)) continue;
      if (this.#stateOf(person.authority) !== 'ok') this.#useWords(person);
      const stolen = person.current.filter((device) => this.#stateOf(device) !== 'ok');
      if (stolen.length > 0) this.#remove(person, stolen);
    }
    this.meet(8);
  }

  /** Everybody gets everything, so many times. */
  meet(times: number): void {
    for (let i = 0; i < times; i++) {
      const { honest } = this;
      const items = new Set(honest.flatMap((replica) => [...replica.items]));
      const lists = honest.flatMap((replica) => [...replica.lists.values()]);
      for (const replica of honest) replica.take(items, lists);
      for (const replica of honest) replica.automatic();
    }
  }

  /** Everything that was ever written, as far as anybody honest, or a thief, has it. */
  get everything(): ReadonlySet<Item> {
    return new Set([...this.replicas.values()].flatMap(({ items }) => [...items]));
  }

  /** What everything comes to that anybody honest holds. */
  get truth(): Resolution {
    const held = new HeldStatements({
      owners: this.owners.map(({ id }) => id),
      own: idBy<DeviceKey>('nobody'),
      rules: { ...this.setting.rules, flood: false },
    });
    for (const replica of this.honest) held.take(replica.held.graph.all);
    return held.resolution;
  }

  /** The honest devices of those who take part in truth: who was removed may not have heard of it. */
  get members(): Replica[] {
    const { truth } = this;
    return this.honest.filter(
      (one) => one.hasJoined && one.isCurrent && truth.role(one.device.person.id) >= ROLE.member,
    );
  }

  personOf(device: DeviceKey): PersonId | undefined {
    return this.setting.personOf(device);
  }
}

const STRATEGIES = [
  'set',
  'set',
  'leave',
  'puppet',
  'epoch',
  'epoch',
  'restated',
  'flood',
  'devices',
  'devices',
  'mint',
] as const;
