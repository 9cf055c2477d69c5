// A device in a world: what it holds, reads and knows of a private topic, and what the rules have it write by itself. Logs, seals
// and wraps are stood for by items that say who can open them; statements, cards and lists are the real ones.
import type { DeviceKey, Digest, EpochId, PersonId, StatementId, TopicId } from '../../src/format/ids.js';
import type { Shared } from '../../src/format/private/control-body.js';
import type { EpochBody } from '../../src/format/private/epoch-body.js';
import type { KnownBody } from '../../src/format/private/statement-body.js';
import { type DeviceList, decodeDeviceList } from '../../src/identity/device-list.js';
import { carriedPast } from '../../src/topic/members/carried-past.js';
import { believedHeads, planCiting } from '../../src/topic/members/citing.js';
import { epochsIn, isEntitled, type PlacedEpoch } from '../../src/topic/members/entitled.js';
import type { Placed } from '../../src/topic/members/graph.js';
import { HeldStatements } from '../../src/topic/members/held.js';
import { type KeysKnown, reachable } from '../../src/topic/members/keys-known.js';
import { planLinks } from '../../src/topic/members/links.js';
import { covers, holdsLists, listState, statedBy } from '../../src/topic/members/list-state.js';
import { participants, type Resolution } from '../../src/topic/members/resolve.js';
import type { Rules } from '../../src/topic/members/rules.js';
import { planSharing } from '../../src/topic/members/sharing.js';
import { type SignedStatement, writeStatement } from '../../src/topic/members/signed-statement.js';
import { ROLE, type StatedList } from '../../src/topic/members/statement.js';
import { controlEpoch, type UsableView, usableEpoch } from '../../src/topic/members/usable.js';
import type { Device, Person } from './people.js';

/** Who can open secrets. */
export interface Wrap {
  readonly epochs: readonly EpochId[];
  readonly to: ReadonlySet<DeviceKey>;
  readonly isControlAlone: boolean;
  /** Devices for which there is noise in its place. */
  readonly noise?: ReadonlySet<DeviceKey>;
}

/** Something that lies in somebody's log. */
export interface Item {
  readonly by: DeviceKey;
  /** The epoch whose control secret opens it. */
  readonly under: EpochId | undefined;
  readonly wrap?: Wrap;
  readonly statements?: readonly SignedStatement[];
  /** Whoever opens the wrap reads the statements too. */
  readonly isLetter?: boolean;
  readonly claim?: Shared;
  readonly needs?: readonly StatementId[];
  /** Epochs that whoever wrote this found, and whose secrets it lacks. */
  readonly lacks?: readonly EpochId[];
  readonly message?: Message;
  readonly isEvil?: boolean;
}

/** A message, and what its author knew. */
export interface Message {
  readonly under: EpochId;
  /** Devices that its author knew to be out, and why. */
  readonly shut: readonly { readonly device: DeviceKey; readonly isByRole: boolean }[];
  readonly knew: ReadonlySet<StatementId>;
}

/** What replicas share without carrying it: who is who. */
export interface Setting {
  readonly topic: TopicId;
  readonly owners: readonly Person[];
  readonly people: readonly Person[];
  readonly personOf: (device: DeviceKey) => PersonId | undefined;
  readonly newEpoch: () => EpochId;
  readonly rules: Rules;
}

export class Replica {
  readonly setting: Setting;
  device: Device;
  readonly held: HeldStatements;
  readonly items = new Set<Item>();
  readonly lists = new Map<Digest, StatedList>();
  readonly control = new Set<EpochId>();
  readonly data = new Set<EpochId>();
  readonly #read = new Set<Item>();
  readonly #claims: Shared[] = [];
  readonly #writtenUnder = new Map<DeviceKey, Set<EpochId>>();
  readonly #epochs = new Map<StatementId, EpochBody>();
  readonly #signed = new Map<StatementId, SignedStatement>();
  readonly #seenUnder = new Map<StatementId, Set<EpochId>>();
  readonly #asked = new Set<StatementId>();
  readonly #answered = new Set<StatementId>();
  readonly #wanted = new Map<DeviceKey, Set<EpochId>>();
  readonly #given = new Set<string>();
  readonly #added = new Set<PersonId>();
  #lacks = new Set<string>();
  #needed = '';
  /** Statements of devices that are not to be believed. */
  readonly disbelieved = new Set<DeviceKey>();
  epochsMade = 0;

  constructor(setting: Setting, device: Device) {
    this.setting = setting;
    this.device = device;
    this.held = new HeldStatements({
      owners: setting.owners.map(({ id }) => id),
      own: device.key,
      rules: setting.rules,
    });
  }

  get resolution(): Resolution {
    return this.held.resolution;
  }

  get role(): number {
    return this.resolution.role(this.device.person.id);
  }

  get isCurrent(): boolean {
    return this.#known.currentOf(this.device.person.id).includes(this.device.key);
  }

  get hasJoined(): boolean {
    const { graph } = this.held;
    return graph.all.some(({ id, says }) => says.kind === 'epoch' && this.resolution.counts(id));
  }

  /** Takes what somebody else has, and does what the rules have it do. */
  take(items: Iterable<Item>, lists: Iterable<StatedList>): void {
    for (const list of lists) this.lists.set(list.digest, list);
    for (const item of items) this.items.add(item);
    this.open();
  }

  /** Reads whatever can be read. */
  open(): void {
    for (let before = -1; before !== this.#progress(); ) {
      before = this.#progress();
      for (const item of this.items) if (!this.#read.has(item)) this.#openOne(item);
      this.#follow();
    }
  }

  #progress(): number {
    return this.#read.size + this.control.size + this.data.size + this.held.graph.size;
  }

  #openOne(item: Item): void {
    const { wrap, under } = item;
    const isMine = wrap?.to.has(this.device.key) === true && !wrap.noise?.has(this.device.key);
    if (isMine) this.#gain(wrap);
    if (under !== undefined && !this.control.has(under) && !(isMine && item.isLetter)) return;
    this.#read.add(item);
    if (item.claim) this.#claims.push(item.claim);
    for (const id of item.needs ?? []) this.#asked.add(id);
    for (const epoch of item.lacks ?? []) addTo(this.#wanted, item.by, epoch);
    if (under !== undefined) addTo(this.#writtenUnder, item.by, under);
    for (const one of item.statements ?? []) {
      if (under !== undefined) addTo(this.#seenUnder, one.id, under);
      this.#learn(one);
    }
    this.held.take(item.statements ?? []);
  }

  #gain({ epochs, isControlAlone }: Wrap): void {
    for (const epoch of epochs) {
      this.control.add(epoch);
      if (!isControlAlone) this.data.add(epoch);
    }
  }

  #learn(statement: SignedStatement): void {
    const { id, says } = statement;
    this.#signed.set(id, statement);
    if (says.kind === 'epoch') this.#epochs.set(id, says);
    if (says.kind === 'devices' && says.list) this.lists.set(says.list.digest, says.list);
  }

  /** To where the epochs lead that are here. */
  #follow(): void {
    for (const { epoch, controlLinks, dataLinks } of [...this.#epochs.values()].reverse()) {
      if (this.control.has(epoch)) for (const link of controlLinks) this.control.add(link.epoch);
      if (this.data.has(epoch)) for (const link of dataLinks) this.data.add(link.epoch);
    }
  }

  get #known(): KeysKnown {
    const listsOf = (person: PersonId): StatedList[] =>
      [...this.lists.values()].filter((list) => list.person === person);
    const first = (person: PersonId): DeviceKey[] =>
      this.setting.people.filter(({ id }) => id === person).flatMap(({ devices }) => devices[0]?.key ?? []);
    return {
      list: (digest) => this.lists.get(digest),
      listsOf,
      currentOf: (person) => {
        const lists = listsOf(person);
        return lists.length > 0 ? listState(lists).current : first(person);
      },
      serialOf: () => 1,
      hasControl: (epoch) => this.control.has(epoch),
      hasData: (epoch) => this.data.has(epoch),
      isInLog: () => true,
    };
  }

  get view(): UsableView {
    const { personOf, rules } = this.setting;
    return { resolution: this.resolution, known: this.#known, personOf, spent: new Set(), rules };
  }

  /** Devices that this one knows to be out: of people without a role, or not current. */
  knownOut(): Message['shut'] {
    const { resolution } = this;
    const once = this.setting.people.filter(
      ({ id }) => this.setting.owners.some((owner) => owner.id === id) || resolution.persons.has(id),
    );
    return once.flatMap(({ id, devices }) => {
      const current = this.#known.currentOf(id);
      const isOut = resolution.role(id) < ROLE.member;
      const listed = [...this.lists.values()]
        .filter((list) => list.person === id)
        .flatMap((list) => [...list.current, ...list.removed]);
      const isKnown = ({ key }: Device): boolean => key === devices[0]?.key || listed.includes(key);
      const out = devices.filter((device) => isKnown(device) && (isOut || !current.includes(device.key)));
      return out.map(({ key }) => ({ device: key, isByRole: isOut }));
    });
  }

  /** Seals a message; undefined where this device may not. */
  post(): Item | undefined {
    if (!this.hasJoined || this.role < ROLE.member || !this.isCurrent) return undefined;
    const under = usableEpoch(this.view)?.says.epoch ?? this.makeEpoch();
    const knew = new Set(this.held.graph.all.map(({ id }) => id));
    return this.#put({ by: this.device.key, under, message: { under, shut: this.knownOut(), knew } });
  }

  /** Makes an epoch for everybody who takes part now. */
  makeEpoch(): EpochId {
    this.epochsMade++;
    const { resolution } = this;
    const known = this.#known;
    const people = new Set([...participants(resolution), this.device.person.id]);
    const to = new Set([...people].flatMap((person) => reachable(known, person)).concat(this.device.key));
    const links = planLinks({ resolution, known, personOf: this.setting.personOf }, people);
    const epoch = this.setting.newEpoch();
    const link = ({ says }: Placed<EpochBody>) => ({ epoch: says.epoch, sealed: Buffer.alloc(48) });
    const before = controlEpoch(this.view)?.says.epoch;
    const body: EpochBody = {
      kind: 'epoch',
      epoch,
      to: [...to].map((device) => ({ device, serial: 1 })),
      lists: [...people].flatMap((person) => namedLists(person, known.listsOf(person))),
      controlLinks: links.control.map(link),
      dataLinks: links.data.map(link),
    };
    this.control.add(epoch);
    this.data.add(epoch);
    const [statement, carried] = this.#state(body);
    const wrap = { epochs: [epoch], to, isControlAlone: false };
    this.#put({ by: this.device.key, under: epoch, wrap, statements: [...carried, statement] });
    if (before !== undefined) this.#put({ by: this.device.key, under: before, statements: [...carried, statement] });
    return epoch;
  }

  /** Writes a statement of another kind. */
  write(body: KnownBody): void {
    if (body.kind === 'set' && body.role === ROLE.member) this.#added.add(body.person);
    const under = controlEpoch(this.view)?.says.epoch ?? this.makeEpoch();
    const [statement, carried] = this.#state(body);
    this.#put({ by: this.device.key, under, statements: [...carried, statement] });
  }

  /** A statement that cites all heads, and what goes along. */
  #state(body: KnownBody): readonly [SignedStatement, readonly SignedStatement[]] {
    const person = this.device.person.id;
    const isDisbelieved = ({ author }: Placed): boolean => this.disbelieved.has(author.device);
    const heads =
      body.kind === 'devices' && this.disbelieved.size > 0
        ? believedHeads(this.resolution, { person, isDisbelieved })
        : this.held.graph.heads();
    const plan = planCiting(this.resolution, heads, person);
    let last: readonly StatementId[] = [];
    const merges = plan.merges.map((ids) => {
      const merge = this.#sign({ kind: 'merge' }, [...ids, ...last]);
      last = [merge.id];
      return merge;
    });
    const statement = this.#sign(body, [...plan.prev, ...last]);
    const placed = this.held.graph.get(statement.id);
    const past = placed ? carriedPast(this.resolution, placed, () => new Set()).flat() : [];
    return [statement, [...merges, ...past.flatMap(({ id }) => this.#signed.get(id) ?? [])]];
  }

  #sign(body: KnownBody, prev: readonly StatementId[]): SignedStatement {
    const { card, seed } = this.device;
    const statement = writeStatement({ topic: this.setting.topic, card, prev, timeMs: 0, body }, seed);
    this.#learn(statement);
    this.held.take([statement]);
    return statement;
  }

  #put(item: Item): Item {
    this.items.add(item);
    this.#openOne(item);
    return item;
  }

  /** What the rules have a device do after an import. */
  automatic(): void {
    if (this.device.state !== 'ok' || !this.hasJoined || !this.isCurrent) return;
    this.#stateList();
    if (this.role < ROLE.member) return;
    if (this.held.flooding.length > 0) this.write({ kind: 'merge' });
    this.#repeat();
    this.#share();
    this.#ask();
    this.#give();
  }

  /** The authority says in the topic which devices its person has, at each removal and each new generation. */
  #stateList(): void {
    const { person } = this.device;
    if (person.authority.key !== this.device.key) return;
    const wasIn = this.resolution.owners.has(person.id) || this.resolution.persons.has(person.id);
    const list = person.list();
    if (!wasIn || (list.generation === 1 && list.removed.length === 0)) return;
    const stated = this.held.graph.all.some(
      ({ author, says }) =>
        author.device === this.device.key &&
        says.kind === 'devices' &&
        says.list &&
        says.list.generation === list.generation &&
        covers(says.list, list),
    );
    if (!stated) this.write(devicesBody(list));
  }

  /** What is found only under epochs that do not count, or what somebody lacks, is repeated under one that does. */
  #repeat(): void {
    const { graph } = this.held;
    const counting = new Set(
      graph.all.flatMap(({ id, says }) => (says.kind === 'epoch' && this.resolution.counts(id) ? [says.epoch] : [])),
    );
    const isStranded = ({ id }: Placed): boolean =>
      ![...(this.#seenUnder.get(id) ?? [])].some((epoch) => counting.has(epoch));
    const wanted = graph.all.filter(
      (one) => !this.#answered.has(one.id) && (this.#asked.has(one.id) || isStranded(one)),
    );
    const under = controlEpoch(this.view)?.says.epoch;
    if (wanted.length === 0 || under === undefined) return;
    for (const { id } of wanted) this.#answered.add(id);
    this.#put({ by: this.device.key, under, statements: wanted.flatMap(({ id }) => this.#signed.get(id) ?? []) });
  }

  #share(): void {
    const { resolution } = this;
    const { person, key } = this.device;
    const plan = planSharing({
      resolution,
      known: this.#known,
      personOf: this.setting.personOf,
      own: { person: person.id, device: key, generation: 1 },
      seen: {
        claims: this.#claims,
        serialOf: () => 1,
        writtenUnder: (device) => this.#writtenUnder.get(device) ?? new Set(),
      },
      added: this.#added,
      lackedBefore: (device, epoch, secret) => this.#lacks.has(`${device}/${epoch}/${secret}`),
    });
    for (const { device, epochs, isControlAlone } of plan.shares) {
      const claim = { epochs, devices: [{ device, serial: 1 }], isControlAlone };
      const statements = [...this.#signed.values()].filter(({ id }) => this.held.graph.get(id));
      const under = controlEpoch(this.view)?.says.epoch ?? this.makeEpoch();
      this.#put({
        by: key,
        under,
        wrap: { epochs, to: new Set([device]), isControlAlone },
        claim,
        isLetter: true,
        statements,
      });
    }
    this.#lacks = new Set(plan.lacks.map(({ device, epoch, secret }) => `${device}/${epoch}/${secret}`));
  }

  #ask(): void {
    const needs = this.held.missing;
    const known = epochsIn(this.resolution).filter(
      ({ id, says }) => this.resolution.counts(id) && !this.data.has(says.epoch),
    );
    // of what cannot be opened a real need names the log, and whoever can open it knows the epoch
    const unopened = [...this.items].filter((item) => !this.#read.has(item)).flatMap(({ under = [] }) => under);
    const lacks = [...new Set([...known.map(({ says }) => says.epoch), ...unopened])];
    const said = [...needs, ...lacks].join();
    const under = controlEpoch(this.view)?.says.epoch;
    if (said === this.#needed || under === undefined) return;
    this.#needed = said;
    if (said !== '') this.#put({ by: this.device.key, under, needs, lacks });
  }

  /** Gives what somebody asked for, once. */
  #give(): void {
    const known = this.#known;
    for (const [device, epochs] of this.#wanted) {
      const person = this.setting.personOf(device);
      const isThere = person && this.resolution.role(person) >= ROLE.member && known.currentOf(person).includes(device);
      if (!isThere || device === this.device.key) continue;
      for (const epoch of epochsIn(this.resolution))
        if (epochs.has(epoch.says.epoch)) this.#giveOne(device, person, epoch);
    }
  }

  #giveOne(device: DeviceKey, person: PersonId, epoch: PlacedEpoch): void {
    const { resolution } = this;
    const known = this.#known;
    const id = epoch.says.epoch;
    const isAll =
      this.data.has(id) &&
      holdsLists(epoch.says, known.list, person) &&
      isEntitled(resolution, person, epoch, this.setting.personOf);
    const name = `${device}/${id}/${isAll}`;
    const isCovered = covers(listState(known.listsOf(person)), statedBy(epoch.says, person, known.list));
    const under = controlEpoch(this.view)?.says.epoch;
    if (!this.control.has(id) || !isCovered || this.#given.has(name) || under === undefined) return;
    this.#given.add(name);
    const wrap = { epochs: [id], to: new Set([device]), isControlAlone: !isAll };
    const claim = { epochs: [id], devices: [{ device, serial: 1 }], isControlAlone: !isAll };
    this.#put({ by: this.device.key, under, wrap, claim });
  }

  /** What a welcome brings from a sibling. */
  welcome(from: Replica): void {
    for (const epoch of from.control) this.control.add(epoch);
    for (const epoch of from.data) this.data.add(epoch);
    for (const list of from.lists.values()) this.lists.set(list.digest, list);
    const statements = [...from.#signed.values()];
    for (const one of statements) this.#learn(one);
    this.held.take(statements);
  }
}

/** The body of a devices statement with a list; there are no logs here to cut. */
export function devicesBody({ bytes, signature }: DeviceList): KnownBody {
  return { kind: 'devices', list: bytes, signature, cut: [] };
}

/** A list as it is resolved. */
export function statedList({ bytes, signature }: DeviceList): StatedList {
  const list = decodeDeviceList(bytes, signature);
  if (!list) throw new Error('a list that is none');
  return { ...list, current: list.current.map(({ device }) => device) };
}

/** The list that counts, and those of its generation without which the removed are not complete. */
function namedLists(person: PersonId, lists: readonly StatedList[]): EpochBody['lists'] {
  const state = listState(lists);
  const ofIt = lists.filter(
    ({ generation, authority }) => generation === state.generation && authority === state.authority,
  );
  const sorted = [...ofIt].sort((a, b) => b.version - a.version || (a.digest < b.digest ? -1 : 1));
  const told = new Set<DeviceKey>();
  const named = sorted.filter(({ removed }, i) => {
    const isNews = i === 0 || removed.some((device) => !told.has(device));
    for (const device of removed) told.add(device);
    return isNews;
  });
  return named.length > 0 ? [{ person, lists: named.map(({ digest }) => digest) }] : [];
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  map.set(key, (map.get(key) ?? new Set<V>()).add(value));
}
