// A private topic lived through by chance: honest devices that do what the rules have them do, bundles that are lost or partial, keys
// that are deleted early, copies of devices, and thieves, forgers, liars and people who turn bad. What a user would swear by is
// looked for in the end (`findings`).
import type { DeviceKey, EntryId, LogId, PersonId, StatementId, TopicId } from '../../src/format/ids.js';
import { decodeCreateStatement, encodeCreateStatement } from '../../src/format/private/create-statement.js';
import { epochOf, type WholeEpoch } from '../../src/format/private/epoch.js';
import type { EpochBody } from '../../src/format/private/epoch-body.js';
import { type Link, sealLink } from '../../src/format/private/link.js';
import type { KnownBody } from '../../src/format/private/statement-body.js';
import { encodeWrap } from '../../src/format/private/wrap.js';
import type { Authority } from '../../src/identity/authority.js';
import { HeldStatements } from '../../src/topic/members/held.js';
import type { Resolution } from '../../src/topic/members/resolve.js';
import { RULES, type Rules } from '../../src/topic/members/rules.js';
import { type SignedStatement, writeStatement } from '../../src/topic/members/signed-statement.js';
import { ROLE } from '../../src/topic/members/statement.js';
import type { Chance } from '../testkit/chance.js';
import type { Place } from './logs.js';
import { type Device, idBy, Person } from './people.js';
import { type Beside, devicesBody, type Item, Replica, type Setting, statedList } from './replica.js';

/** How long, and under which rules. */
export interface WorldOptions {
  readonly steps: number;
  readonly rules?: Partial<Rules>;
  /** Nobody has a new key in the end: what was wrongly said of who has keys has to be healed without. */
  readonly keepsKeys?: boolean;
}

const NAMES = ['ana', 'bea', 'cleo', 'dora', 'emil', 'finn'];
/** Keys of somebody else, to be added by who is bad. */
const PUPPETS = ['puppet one', 'puppet two'];
const DEVICES_MOST = 3;
/** In which everybody has said what there is to say. */
export const ROUNDS = 12;

export class World {
  readonly #keepsKeys: boolean;
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
  readonly #persons = new Map<DeviceKey, PersonId>();
  #drawn = 0;
  #said = 0;

  constructor(chance: Chance, { rules = {}, keepsKeys = false }: WorldOptions) {
    this.chance = chance;
    this.#keepsKeys = keepsKeys;
    this.people = [...NAMES, ...PUPPETS].map((name) => new Person(name));
    this.owners = this.people.slice(0, 1 + chance.below(3));
    const nonce = Buffer.alloc(16, chance.below(256));
    const owners = this.owners.map(({ id }) => id).sort();
    this.topic = decodeCreateStatement(encodeCreateStatement({ nonce, owners, label: 'garden' })).topic;
    this.setting = {
      topic: this.topic,
      owners: this.owners,
      people: this.people,
      personOf: (device) => this.#personOf(device),
      random: (size) => Buffer.from(idBy<DeviceKey>(`${this.#drawn++} of ${chance.number()}`), 'hex').subarray(0, size),
      rules: { ...RULES, ...rules },
      heldAt: new Map(),
    };
    for (const person of this.people) this.#begin(person.authority);
  }

  #deviceOf(key: DeviceKey): Device | undefined {
    return this.people.flatMap(({ devices }) => devices).find((device) => device.key === key);
  }

  /** Whose a device is never changes. */
  #personOf(key: DeviceKey): PersonId | undefined {
    const known = this.#persons.get(key) ?? this.#deviceOf(key)?.person.id;
    if (known !== undefined) this.#persons.set(key, known);
    return known;
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

  /** Whether a device is one of those that are told keys by who is bad. */
  isTold(device: DeviceKey): boolean {
    return this.people.some((one) => this.#isPuppet(one) && one.devices.some(({ key }) => key === device));
  }

  /** A history of so many steps, and then everybody meets everybody. */
  live({ steps }: WorldOptions): void {
    const [ana] = this.owners;
    const first = ana && this.replicas.get(ana.authority.key);
    first?.makeEpoch();
    for (let i = 0; i < 5 && first; i++) this.#setRole(first);
    for (const owner of this.owners) this.replicas.get(owner.authority.key)?.take(first?.items ?? []);
    for (const person of this.people) if (!this.#isPuppet(person) && this.chance.happens(0.4)) this.#add(person);
    for (let step = 0; step < steps && this.honest.length > 0; step++) this.#step();
    this.#settle();
  }

  /** Mostly one who takes part. */
  #somebody(): Replica {
    const joined = this.honest.filter(({ hasJoined }) => hasJoined);
    return this.chance.pick(joined.length > 0 && this.chance.happens(0.85) ? joined : this.honest);
  }

  #step(): void {
    const { chance } = this;
    const evil = this.#evil;
    if (chance.happens(0.15) && evil.length > 0) {
      this.#doEvil(chance.pick(evil));
      return;
    }
    const replica = this.#somebody();
    if (chance.happens(0.5)) this.post(replica);
    const what = chance.number();
    if (what < 0.36) this.#receive(replica);
    else if (what < 0.56) this.#send(replica);
    else if (what < 0.74) this.#setRole(replica);
    else if (what < 0.9) this.#changeDevices();
    else if (what < 0.93) this.#renewKey(replica);
    else if (what < 0.96) this.#copy(replica);
    else if (!this.owners.includes(replica.device.person)) this.#turnBad(replica.device.person);
  }

  /** Says something that nobody said before. */
  post(replica: Replica): Item | undefined {
    return replica.post(`text ${this.#said++}`);
  }

  /** A device has a new key that is sealed to, and deletes the one before the last. */
  #renewKey({ device }: Replica): void {
    device.serial++;
    device.kept.add(device.serial);
    device.kept.delete(device.serial - 2);
  }

  /** A copy of a device, made a while ago, writes on. */
  #copy(replica: Replica): void {
    if (replica.ownLength < 3) return;
    const item = replica.postAsCopy(`text ${this.#said++}`, 1 + this.chance.below(replica.ownLength - 1));
    if (item) this.#bundles.push([item]);
  }

  #send(replica: Replica): void {
    const kept = [...replica.items].filter(() => this.chance.happens(0.85));
    this.#bundles.push(kept);
  }

  #receive(replica: Replica): void {
    const recent = this.#bundles.slice(-12);
    if (recent.length === 0) return;
    const others = this.honest.filter(() => this.chance.happens(0.2));
    replica.take(this.chance.pick(recent), besideOf(others));
    replica.automatic();
  }

  #setRole(replica: Replica): void {
    const { chance } = this;
    if (!replica.hasJoined || replica.role < ROLE.member || !replica.isCurrent) return;
    const own = replica.device.person;
    if (chance.happens(replica.role === ROLE.owner ? 0.02 : 0.08)) {
      replica.remove(own.id);
      return;
    }
    if (replica.role !== ROLE.owner) return;
    const others = this.people.filter(
      (one) => !this.owners.includes(one) && (!this.#isPuppet(one) || chance.happens(0.1)),
    );
    const { id } = chance.pick(others);
    if (replica.resolution.role(id) === ROLE.none) replica.invite(id);
    else replica.remove(id);
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
      if (isThere) this.replicas.get(key)?.take([], { lists: [list] });
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
    replica.take([], { lists: [statedList(person.list())] });
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
    if (!before) replica.take([], { lists: [statedList(person.list())] });
    this.#spread(person);
  }

  // what is not done

  #doEvil(replica: Replica): void {
    const { chance } = this;
    const by = replica.device;
    const puppets = this.people.filter((one) => this.#isPuppet(one));
    const set = (person: PersonId, role: number): void =>
      this.#forge(replica, { kind: 'set', person, role, cut: role === ROLE.none ? this.#wrongCut(replica) : [] });
    const strategies: Record<(typeof STRATEGIES)[number], () => void> = {
      set: () => set(chance.pick(this.people).id, chance.pick([0, 3, 5])),
      leave: () => {
        for (let i = chance.below(4); i >= 0; i--) set(by.person.id, ROLE.none);
      },
      puppet: () => {
        const puppet = chance.pick(puppets);
        set(puppet.id, ROLE.member);
        this.replicas.get(puppet.authority.key)?.learn(replica.keys);
      },
      epoch: () => this.#forgeEpoch(replica, epochOf(this.setting.random(32), this.setting.random(32))),
      restated: () => {
        const known = replica.keys.filter((keys): keys is WholeEpoch => keys.data !== undefined);
        if (known.length > 0) this.#forgeEpoch(replica, chance.pick(known));
      },
      flood: () => {
        const count = chance.pick([2, 36, 36, 70]);
        for (let i = 0; i < count; i++) this.#forge(replica, { kind: 'merge' }, i === 0);
      },
      devices: () => this.#forgeList(replica),
      mint: () => this.#mint(by.person),
      message: () => this.#backDate(replica),
      claim: () => this.#lie(replica),
      letter: () => this.#giveUnstated(replica),
    };
    strategies[chance.pick(STRATEGIES)]();
  }

  /** A cut that names what it likes. */
  #wrongCut(replica: Replica): { log: LogId; length: number; id: EntryId }[] {
    const logs = replica.logs.all.filter(() => this.chance.happens(0.2));
    const ids = new Set(logs.map(({ log }) => log));
    return [...ids]
      .sort()
      .map((log) => ({ log, length: 1 + this.chance.below(90), id: idBy<DeviceKey & EntryId>(log) }));
  }

  /** A message in a log that claims to be old, or in one that is cited nowhere. */
  #backDate(replica: Replica): void {
    const under = replica.keys.find(({ data }) => data && this.chance.happens(0.5))?.id;
    if (under === undefined) return;
    const place: Place = { log: replica.beginLog(this.#evilPrev(replica), under), seq: 1, branch: 'first' };
    const message = replica.sealAt(place, under, `text ${this.#said++}`);
    this.#spreadEvil(replica, { by: replica.device.key, place, under, message, isEvil: true }, true);
  }

  /** That keys were given which nobody gave. */
  #lie(replica: Replica): void {
    const { chance } = this;
    const epochs = replica.keys.slice(0, 24).map(({ id }) => id);
    const devices = this.honest.filter(() => chance.happens(0.5)).map(({ device }) => device);
    if (epochs.length === 0 || devices.length === 0) return;
    const claim = {
      epochs,
      devices: devices.map(({ key, serial }) => ({ device: key, serial })),
      isControlAlone: chance.happens(0.2),
      isLetter: chance.happens(0.5),
    };
    this.#publish(replica, [], true, { claim });
  }

  /** Keys of an epoch that nobody states. */
  #giveUnstated(replica: Replica): void {
    const { topic, random } = this.setting;
    const content = encodeWrap({ topic, epochs: [epochOf(random(32), random(32))] });
    const to = new Map(this.honest.map(({ device }) => [device.key, device.serial]));
    this.#spreadEvil(
      replica,
      { by: replica.device.key, place: undefined, under: undefined, wrap: { content, to }, isEvil: true },
      true,
    );
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
    this.#publish(replica, [statement], isAimed, { heads: prev });
  }

  /** In a log of its own, which claims to be as old as it likes. */
  #publish(
    replica: Replica,
    statements: readonly SignedStatement[],
    isAimed: boolean,
    { heads = [], ...more }: Partial<Item> & { readonly heads?: readonly StatementId[] } = {},
  ): void {
    this.evilStatements.push(...statements);
    if (replica.keys.length === 0) return;
    const under = this.chance.pick(replica.keys).id;
    const place: Place = { log: replica.beginLog(heads, under), seq: 1, branch: 'first' };
    const item = { by: replica.device.key, place, under, statements, isEvil: true, ...more };
    this.#spreadEvil(replica, item, isAimed);
  }

  /** To everybody, or to one alone. */
  #spreadEvil(replica: Replica, item: Item, isAimed: boolean): void {
    replica.take([item]);
    if (isAimed && this.chance.happens(0.3)) this.chance.pick(this.honest).take([item]);
    else this.#bundles.push([item]);
  }

  #forgeEpoch(replica: Replica, keys: WholeEpoch): void {
    const { chance } = this;
    const everybody = [...this.replicas.keys()];
    const named = new Set([replica.device.key, ...everybody.filter(() => chance.happens(0.6))]);
    const to = new Map([...named].map((key) => [key, this.#deviceOf(key)?.serial ?? 1]));
    const known = [...replica.lists.values()].filter(() => chance.happens(0.5));
    const byPerson = new Map(known.map(({ person, digest }) => [person, digest]));
    const body: EpochBody = {
      kind: 'epoch',
      epoch: keys.id,
      to: [...to].map(([device, serial]) => ({ device, serial })),
      lists: [...byPerson].map(([person, digest]) => ({ person, lists: [digest] })),
      controlLinks: this.#wrongLinks(replica, keys, keys.control),
      dataLinks: this.#wrongLinks(replica, keys, keys.data),
    };
    const { card, seed } = replica.device;
    const prev = this.#evilPrev(replica);
    const statement = writeStatement({ topic: this.topic, card, prev, timeMs: this.evilStatements.length, body }, seed);
    replica.learn([keys]);
    const noise = new Set([...named].filter((key) => key !== replica.device.key && chance.happens(0.3)));
    const content = encodeWrap({ topic: this.topic, epochs: [keys] });
    this.#publish(replica, [statement], true, { heads: prev, wrap: { content, to, noise } });
  }

  /** Links that say of an epoch's secret that it is another one. */
  #wrongLinks(replica: Replica, { id }: WholeEpoch, secret: Buffer): Link[] {
    const others = replica.keys.filter((one) => one.id !== id);
    if (others.length === 0 || !this.chance.happens(0.4)) return [];
    const { id: epoch } = this.chance.pick(others);
    return [{ epoch, sealed: sealLink(secret, epoch, this.setting.random(32)) }];
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

  /**
   * Thefts end, everybody has a new key unless all keep theirs, and everybody meets everybody until nothing more happens.
   */
  #settle(): void {
    for (const person of this.people) {
      if (person.isBad || this.#isPuppet(person)) continue;
      if (this.#stateOf(person.authority) !== 'ok') this.#useWords(person);
      const stolen = person.current.filter((device) => this.#stateOf(device) !== 'ok');
      if (stolen.length > 0) this.#remove(person, stolen);
    }
    if (!this.#keepsKeys) for (const replica of this.honest) this.#renewKey(replica);
    this.meet(ROUNDS);
  }

  /** Everybody gets everything, so many times at most; whether nothing more came of it twice. */
  meet(times: number): boolean {
    let before = 0;
    let quiet = 0;
    for (let i = 0; i < times && quiet < 2; i++) {
      const size = this.honest.reduce((sum, { items }) => sum + items.size, 0);
      quiet = i > 0 && size === before ? quiet + 1 : 0;
      before = size;
      const { honest } = this;
      const items = new Set(honest.flatMap((replica) => [...replica.items]));
      const beside = besideOf(honest);
      for (const replica of honest) replica.take(items, beside);
      for (const replica of honest) replica.automatic();
    }
    return quiet === 2;
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

/** What goes along when these meet somebody: device lists and cards. */
function besideOf(replicas: readonly Replica[]): Beside {
  return {
    lists: replicas.flatMap(({ lists }) => [...lists.values()]),
    serials: replicas.flatMap(({ serials, device }) => [...serials, [device.key, device.serial] as const]),
  };
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
  'message',
  'claim',
  'letter',
] as const;
