// A device in a world: what it holds, reads and knows of a private topic, and what the rules have it write by itself. Statements,
// cards, lists, secrets, links and sealed texts are the real ones; logs, age files and letters are stood for by items that say
// where they stand and who can open them.
import type { DeviceKey, Digest, EpochId, LogId, PersonId, StatementId, TopicId } from '../../src/format/ids.js';
import { LETTER_STATEMENTS_MAX, SHARED_EPOCHS_MAX } from '../../src/format/limits.js';
import type { Shared } from '../../src/format/private/control-body.js';
import { entryKeys, sealEntry } from '../../src/format/private/entry-cipher.js';
import { type EpochKeys, epochOf } from '../../src/format/private/epoch.js';
import type { EpochBody } from '../../src/format/private/epoch-body.js';
import { linksTo } from '../../src/format/private/link.js';
import { SIV_KINDS } from '../../src/format/private/siv.js';
import type { KnownBody } from '../../src/format/private/statement-body.js';
import { encodeWrap } from '../../src/format/private/wrap.js';
import { decodeCard } from '../../src/identity/card.js';
import { type DeviceList, decodeDeviceList } from '../../src/identity/device-list.js';
import { carriedLists, carriedPast } from '../../src/topic/members/carried-past.js';
import { believedHeads, planCiting } from '../../src/topic/members/citing.js';
import { cutOfDevices, cutOfPerson } from '../../src/topic/members/cuts.js';
import { isGreater } from '../../src/topic/members/device-rulings.js';
import { epochsIn, grantsOf, isEntitled, type PlacedEpoch } from '../../src/topic/members/entitled.js';
import type { Placed } from '../../src/topic/members/graph.js';
import { HeldStatements } from '../../src/topic/members/held.js';
import { type KeysKnown, knowsRemovals, reachable } from '../../src/topic/members/keys-known.js';
import { planLinks } from '../../src/topic/members/links.js';
import { covers, listState } from '../../src/topic/members/list-state.js';
import { logEnd } from '../../src/topic/members/log-end.js';
import { participants, type Resolution } from '../../src/topic/members/resolve.js';
import type { Rules } from '../../src/topic/members/rules.js';
import { surelyHas } from '../../src/topic/members/shared.js';
import { planSharing, type Share } from '../../src/topic/members/sharing.js';
import { type SignedStatement, writeStatement } from '../../src/topic/members/signed-statement.js';
import { ROLE, type StatedList } from '../../src/topic/members/statement.js';
import { controlEpoch, type UsableView, usableEpoch } from '../../src/topic/members/usable.js';
import { followLinks } from '../../src/topic/private/linked-keys.js';
import { HeldLogs, type Place, type WorldLog } from './logs.js';
import { Keys, keysIn, openText } from './opened.js';
import { type Device, idBy, type Person } from './people.js';

/** Who can open secrets. */
export interface Wrap {
  /** What is in the age file. */
  readonly content: Buffer;
  /** Each by the card with that serial. */
  readonly to: ReadonlyMap<DeviceKey, number>;
  /** Devices for which there is noise in its place. */
  readonly noise?: ReadonlySet<DeviceKey>;
}

/** Something that lies in somebody's log. */
export interface Item {
  readonly by: DeviceKey;
  /** Undefined for a letter: it lies in the person log, where whoever knows its author finds it. */
  readonly place: Place | undefined;
  /** The epoch whose control secret opens it; undefined for what the wrap beside it opens. */
  readonly under: EpochId | undefined;
  readonly wrap?: Wrap;
  readonly statements?: readonly SignedStatement[];
  readonly lists?: readonly StatedList[];
  readonly claim?: Shared & { readonly isLetter: boolean };
  readonly needs?: readonly StatementId[];
  /** Epochs that whoever wrote this found, and whose secrets it lacks. */
  readonly lacks?: readonly EpochId[];
  /** Of its author's card. */
  readonly serial?: number;
  readonly message?: Message;
  readonly isEvil?: boolean;
}

/** A message, and what its author knew. */
export interface Message {
  readonly under: EpochId;
  readonly text: string;
  readonly sealed: Buffer;
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
  /** Bytes that nobody can guess, and a name for something new. */
  readonly random: (size: number) => Buffer;
  readonly rules: Rules;
  /** How far logs were held when a statement with a cut was written. */
  readonly heldAt: Map<StatementId, ReadonlyMap<LogId, number>>;
}

/** What goes with bundles besides logs of the topic. */
export interface Beside {
  readonly lists?: Iterable<StatedList>;
  readonly serials?: Iterable<readonly [DeviceKey, number]>;
}

export class Replica {
  readonly setting: Setting;
  device: Device;
  readonly held: HeldStatements;
  readonly items = new Set<Item>();
  readonly lists = new Map<Digest, StatedList>();
  readonly #listsInTopic = new Set<Digest>();
  readonly serials = new Map<DeviceKey, number>();
  readonly logs = new HeldLogs();
  readonly #keyring = new Keys();
  #tried: ReadonlySet<EpochId> = new Set();
  readonly #unread = new Set<Item>();
  readonly #claims: Item[] = [];
  readonly #writtenUnder = new Map<DeviceKey, Set<EpochId>>();
  readonly #epochs = new Map<StatementId, EpochBody>();
  readonly #signed = new Map<StatementId, SignedStatement>();
  /** Where each statement was found. */
  readonly #places = new Map<StatementId, Set<Place>>();
  readonly #asked = new Set<StatementId>();
  readonly #answered = new Set<StatementId>();
  /** What logs begin with and was not held when they came. */
  readonly #unheld = new Set<StatementId>();
  readonly #wanted = new Map<DeviceKey, Set<EpochId>>();
  readonly #given = new Set<string>();
  readonly #added = new Set<PersonId>();
  /** How far logs were held when their devices were first known to be gone. */
  readonly #lengthsWhenKnown = new Map<LogId, number>();
  #own: WorldLog | undefined;
  #ownLength = 0;
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
    return epochsIn(this.resolution).some(({ id }) => this.resolution.counts(id));
  }

  /** The keys that it has, the newest first. */
  get keys(): readonly EpochKeys[] {
    return this.#keyring.all;
  }

  /** Keys that are proven to be an epoch's. */
  keysOf(epoch: EpochId): EpochKeys | undefined {
    return this.#keyring.epoch(epoch);
  }

  /** Whether entries open that are sealed with C of an epoch: what links alone led to is tried, too. */
  #opensControl(epoch: EpochId): boolean {
    return this.#keyring.epoch(epoch) !== undefined || this.#tried.has(epoch);
  }

  /** Keys that it was given apart from all this. */
  learn(keys: readonly EpochKeys[]): void {
    this.#keyring.learn(keys);
  }

  /** Takes what somebody else has. */
  take(items: Iterable<Item>, { lists = [], serials = [] }: Beside = {}): void {
    for (const list of lists) this.#holdList(list);
    for (const [device, serial] of serials) this.#noteSerial(device, serial);
    for (const item of items) this.#hold(item);
    this.#noteGone();
    this.open();
  }

  #hold(item: Item): void {
    if (this.items.has(item)) return;
    this.items.add(item);
    this.#unread.add(item);
    if (item.place) this.logs.note(item.place);
  }

  /** Of lists that came with a person log the newest is held, and what it does not replace; all that came in the topic are. */
  #holdList(list: StatedList): void {
    this.lists.set(list.digest, list);
    const beside = [...this.lists.values()].filter(({ digest }) => !this.#listsInTopic.has(digest));
    for (const one of beside) if (beside.some((other) => isReplaced(one, other))) this.lists.delete(one.digest);
  }

  #holdListOfTopic(list: StatedList): void {
    this.#listsInTopic.add(list.digest);
    this.lists.set(list.digest, list);
  }

  #noteSerial(device: DeviceKey, serial: number): void {
    this.serials.set(device, Math.max(serial, this.serials.get(device) ?? 1));
  }

  /** Of own devices that are not current any more: how far their logs are held now. */
  #noteGone(): void {
    const current = this.#known.currentOf(this.device.person.id);
    for (const { log, author, length } of this.logs.all) {
      const isGone = author.person === this.device.person.id && !current.includes(author.device);
      if (isGone && !this.#lengthsWhenKnown.has(log)) this.#lengthsWhenKnown.set(log, length);
    }
  }

  /** Reads whatever can be read. */
  open(): void {
    for (let before = -1; before !== this.#progress(); ) {
      before = this.#progress();
      for (const item of this.#unread) this.#openOne(item);
      this.#follow();
    }
  }

  #progress(): number {
    return this.items.size - this.#unread.size + this.#keyring.version + this.#tried.size + this.held.graph.size;
  }

  #openOne(item: Item): void {
    const { wrap, under, place } = item;
    // of a log that cannot be placed nothing is tried, nor what a device writes that is gone
    if (place ? !this.#opensControl(place.log.under) : !this.#isHeard(item.by)) return;
    const isMine = this.#gain(wrap);
    if (under === undefined ? !isMine : !this.#opensControl(under)) return;
    this.#unread.delete(item);
    for (const id of place?.log.heads ?? []) if (!this.held.graph.get(id)) this.#unheld.add(id);
    if (item.claim) this.#claims.push(item);
    if (item.serial !== undefined) this.#noteSerial(item.by, item.serial);
    for (const id of item.needs ?? []) this.#asked.add(id);
    for (const epoch of item.lacks ?? []) addTo(this.#wanted, item.by, epoch);
    for (const list of item.lists ?? []) this.#holdListOfTopic(list);
    if (under !== undefined) addTo(this.#writtenUnder, item.by, under);
    for (const one of item.statements ?? []) {
      if (place) addTo(this.#places, one.id, place);
      this.#learn(one);
    }
    this.held.take(item.statements ?? []);
  }

  #isHeard(device: DeviceKey): boolean {
    const person = this.setting.personOf(device);
    return person !== undefined && this.#known.currentOf(person).includes(device);
  }

  /** Whether there is a wrap that the keys of this device open. */
  #gain(wrap: Wrap | undefined): boolean {
    const { key, kept } = this.device;
    const serial = wrap?.to.get(key);
    if (!wrap || serial === undefined || wrap.noise?.has(key) || !kept.has(serial)) return false;
    this.learn(keysIn(wrap, this.setting.topic));
    return true;
  }

  #learn(statement: SignedStatement): void {
    const { id, says, author, card } = statement;
    this.#signed.set(id, statement);
    this.#noteSerial(author.device, card.serial);
    if (says.kind === 'epoch') this.#epochs.set(id, says);
    if (says.kind === 'devices' && says.list) this.#holdListOfTopic(says.list);
  }

  /** To where the epochs lead that are here. */
  #follow(): void {
    const { proven, unproven } = followLinks(this.resolution, (epoch) => this.keysOf(epoch));
    this.learn(proven);
    this.#tried = new Set(unproven.map(({ id }) => id));
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
      serialOf: (device) => this.serials.get(device) ?? 1,
      hasControl: (epoch) => this.keysOf(epoch) !== undefined,
      hasData: (epoch) => this.keysOf(epoch)?.data !== undefined,
      isInLog: () => true,
    };
  }

  get view(): UsableView {
    const { personOf, rules } = this.setting;
    return { resolution: this.resolution, known: this.#known, personOf, spent: new Set(), rules };
  }

  /** How far a log counts here; undefined while that is not known. */
  endOf(log: LogId): number | undefined {
    const held = this.logs.get(log);
    return held && logEnd(this.resolution, held, this.setting.rules);
  }

  /** Whether what stands there is shown to everybody. */
  counts({ log, seq }: Place): boolean {
    return seq < Math.min(this.endOf(log.log) ?? 0, this.logs.frozenAt(log.log));
  }

  /** The text of a message, as far as the keys that are here open it. */
  textOf({ place, message }: Item): string | undefined {
    const keys = message && place && this.keysOf(message.under);
    return keys && openText(keys, place, message.sealed);
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
  post(text: string): Item | undefined {
    if (!this.hasJoined || this.role < ROLE.member || !this.isCurrent) return undefined;
    const under = usableEpoch(this.view)?.says.epoch ?? this.makeEpoch();
    const knew = new Set(this.held.graph.all.map(({ id }) => id));
    const place = this.#nextPlace();
    const message = { ...this.sealAt(place, under, text), shut: this.knownOut(), knew };
    return this.#put({ by: this.device.key, place, under, message });
  }

  /** What a copy of this device, made when its log had that length, writes there. */
  postAsCopy(text: string, seq: number): Item | undefined {
    const under = this.keys.find(({ data }) => data)?.id;
    if (!this.#own || seq >= this.#ownLength || under === undefined) return undefined;
    const place: Place = { log: this.#own, seq, branch: 'copy' };
    return { by: this.device.key, place, under, message: this.sealAt(place, under, text), isEvil: true };
  }

  /** A text sealed for its place, by somebody who knows of nobody who is out. */
  sealAt({ log, seq }: Place, under: EpochId, text: string): Message {
    const data = this.keysOf(under)?.data;
    if (!data) throw new Error('sealed under what is not here');
    const sealed = sealEntry(entryKeys(data, log.log), { kind: SIV_KINDS.message, n: 0, seq }, text);
    return { under, text, sealed, shut: [], knew: new Set() };
  }

  get ownLength(): number {
    return this.#ownLength;
  }

  /** Makes an epoch for everybody who takes part now. */
  makeEpoch(): EpochId {
    this.epochsMade++;
    const { resolution } = this;
    const { random, topic, personOf } = this.setting;
    const known = this.#known;
    // the first is for the own devices alone: the others get letters
    const isFirst = epochsIn(resolution).length === 0;
    const own = this.device.person.id;
    const people = new Set(isFirst ? [own] : [...participants(resolution), own]);
    const to = this.#serialsOf([...people].flatMap((person) => reachable(known, person)).concat(this.device.key));
    const plan = planLinks({ resolution, known, personOf }, people);
    const keysOf = ({ says }: PlacedEpoch): EpochKeys[] => this.keys.filter(({ id }) => id === says.epoch);
    const keys = epochOf(random(32), random(32));
    const before = controlEpoch(this.view)?.says.epoch;
    const body: EpochBody = {
      kind: 'epoch',
      epoch: keys.id,
      to: [...to].map(([device, serial]) => ({ device, serial })),
      lists: [...new Set([...participants(resolution), own])].flatMap((person) =>
        namedLists(person, known.listsOf(person)),
      ),
      ...linksTo(keys, { control: plan.control.flatMap(keysOf), data: plan.data.flatMap(keysOf) }),
    };
    this.learn([keys]);
    const [statement, carried] = this.#state(body);
    const wrap = { content: encodeWrap({ topic, epochs: [keys] }), to };
    const by = this.device.key;
    const statements = [...carried, statement];
    this.#put({ by, place: this.#nextPlace(before ?? keys.id), under: keys.id, wrap, statements });
    if (before !== undefined) {
      const placed = this.held.graph.get(statement.id) as PlacedEpoch | undefined;
      const named = placed ? carriedLists(this.held.graph, placed) : [];
      const lists = named.flatMap((digest) => this.lists.get(digest) ?? []);
      this.#put({ by, place: this.#nextPlace(), under: before, statements, lists });
    }
    return keys.id;
  }

  #serialsOf(devices: readonly DeviceKey[]): ReadonlyMap<DeviceKey, number> {
    const own = (device: DeviceKey): number => (device === this.device.key ? this.device.serial : 1);
    return new Map(devices.map((device) => [device, Math.max(this.serials.get(device) ?? 1, own(device))]));
  }

  /** Writes a statement of another kind. */
  write(body: KnownBody): void {
    if (body.kind === 'set' && body.role === ROLE.member) this.#added.add(body.person);
    const under = this.#controlEpoch();
    const [statement, carried] = this.#state(body);
    this.#put({ by: this.device.key, place: this.#nextPlace(), under, statements: [...carried, statement] });
  }

  /** Adds somebody, and writes each of its devices a letter. */
  invite(person: PersonId): void {
    this.write({ kind: 'set', person, role: ROLE.member, cut: [] });
    const had = epochsIn(this.resolution).filter(({ says }) => this.#known.hasData(says.epoch));
    const epochs = had.slice(-SHARED_EPOCHS_MAX).map(({ says }) => says.epoch);
    for (const device of reachable(this.#known, person)) {
      this.#give({ device, person, epochs, isControlAlone: false, isLetter: true });
    }
  }

  /** Takes somebody out, or leaves. */
  remove(person: PersonId): void {
    this.write({ kind: 'set', person, role: ROLE.none, cut: cutOfPerson(this.resolution, this.logs.all, { person }) });
  }

  #controlEpoch(): EpochId {
    return controlEpoch(this.view)?.says.epoch ?? this.makeEpoch();
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
    if ('cut' in body) this.setting.heldAt.set(statement.id, this.logs.lengths);
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
    this.#hold(item);
    this.#openOne(item);
    return item;
  }

  /** Where the next entry stands: in a new log where the own one does not count without end, unless there is no role. */
  #nextPlace(begunUnder?: EpochId): Place {
    const under = begunUnder ?? (this.#isToBegin() ? this.#controlEpoch() : undefined);
    if (this.#isToBegin() && under !== undefined) {
      const plan = planCiting(this.resolution, this.held.graph.heads(), this.device.person.id);
      this.#own = this.beginLog(plan.merges[0] ?? plan.prev, under);
      this.#ownLength = 1;
    }
    if (!this.#own) throw new Error('no log was begun');
    return { log: this.#own, seq: this.#ownLength++, branch: 'first' };
  }

  #isToBegin(): boolean {
    const log = this.#own;
    if (!log || log.author.generation !== this.#author.generation) return true;
    if (this.logs.isFrozen({ log, seq: this.#ownLength - 1 })) return true;
    const end = this.logs.get(log.log) ? this.endOf(log.log) : Number.POSITIVE_INFINITY;
    return this.role >= ROLE.member && end !== Number.POSITIVE_INFINITY;
  }

  /** A log of this device that begins so; nothing stands in it yet. */
  beginLog(heads: readonly StatementId[], under: EpochId): WorldLog {
    const log = idBy<DeviceKey & LogId>(`log ${this.setting.random(8).toString('hex')}`);
    return { log, author: this.#author, heads, under };
  }

  get #author(): WorldLog['author'] {
    const { person, binding } = decodeCard(this.device.card);
    return { person, device: this.device.key, generation: binding.generation };
  }

  /** What the rules have a device do after an import. */
  automatic(): void {
    if (this.device.state !== 'ok' || !this.hasJoined || !this.isCurrent) return;
    this.#stateList();
    if (this.role < ROLE.member) return;
    if (this.held.flooding.length > 0) this.write({ kind: 'merge' });
    this.#repeat();
    this.#postAgain();
    this.#share();
    this.#ask();
    this.#answer();
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
    if (stated) return;
    const { current } = statedList(list);
    const lengthWhenKnown = (log: LogId): number | undefined => this.#lengthsWhenKnown.get(log);
    const cut = cutOfDevices(this.resolution, this.logs.all, { person: person.id, current, lengthWhenKnown });
    this.write({ ...devicesBody(list), cut });
  }

  /** What stands only where logs are void or contradict themselves, or what somebody lacks, is repeated. */
  #repeat(): void {
    const { graph } = this.held;
    const isStranded = ({ id }: Placed): boolean => {
      const places = this.#places.get(id);
      return places !== undefined && ![...places].some((place) => this.counts(place));
    };
    const wanted = graph.all.filter(
      (one) => !this.#answered.has(one.id) && (this.#asked.has(one.id) || isStranded(one)),
    );
    if (wanted.length === 0) return;
    for (const { id } of wanted) this.#answered.add(id);
    const statements = wanted.flatMap(({ id }) => this.#signed.get(id) ?? []);
    const under = this.#controlEpoch();
    this.#put({ by: this.device.key, place: this.#nextPlace(), under, statements });
  }

  /** What a copy of this device froze is written again. */
  #postAgain(): void {
    const own = [...this.items].filter(({ by, message }) => by === this.device.key && message !== undefined);
    const texts = (items: readonly Item[]): string[] => items.flatMap((item) => this.textOf(item) ?? []);
    const isFrozen = ({ place }: Item): boolean => place !== undefined && this.logs.isFrozen(place);
    const standing = new Set(texts(own.filter((item) => !isFrozen(item))));
    for (const text of new Set(texts(own.filter(isFrozen)))) if (!standing.has(text)) this.post(text);
  }

  #share(): void {
    const { resolution } = this;
    const { person, key } = this.device;
    const plan = planSharing({
      resolution,
      known: this.#known,
      personOf: this.setting.personOf,
      own: { person: person.id, device: key, generation: 1 },
      seen: this.#seen,
      added: this.#added,
      lackedBefore: (device, epoch, secret) => this.#lacks.has(`${device}/${epoch}/${secret}`),
    });
    const first = this.#firstLetters();
    const others = plan.shares.filter(({ device }) => !first.some((one) => one.device === device));
    for (const one of [...first, ...this.#placingLetters(first), ...others]) this.#give(one);
    const lacks = plan.lacks.map(({ device, epoch, secret }) => `${device}/${epoch}/${secret}`);
    this.#lacks = new Set([...lacks, ...[...this.#unreached(), ...this.#misplaced()].map(({ device }) => device)]);
  }

  get #soundClaims() {
    const isSound = ({ place }: Item): boolean => place !== undefined && !this.logs.isFrozen(place);
    return this.#claims.filter(isSound).flatMap(({ claim, by }) => (claim ? [{ ...claim, by }] : []));
  }

  get #seen() {
    const { serialOf, currentOf } = this.#known;
    const { personOf } = this.setting;
    const own = this.device.person.id;
    return {
      // of our own devices only they themselves know
      claimsTo: (device: DeviceKey) =>
        this.#soundClaims.filter(
          ({ devices, by }) =>
            devices.some((to) => to.device === device) && (personOf(device) !== own || currentOf(own).includes(by)),
        ),
      serialOf,
      writtenUnder: (device: DeviceKey) => this.#writtenUnder.get(device) ?? new Set<EpochId>(),
    };
  }

  /** Whom who is believed to have given keys to somebody: its own devices, ours, and those of who added it. */
  #isBelieved(person: PersonId): (by: DeviceKey) => boolean {
    const added = grantsOf(this.resolution, person).map(({ author }) => author.person);
    const devices = [this.device.person.id, person, ...added].flatMap((one) => this.#known.currentOf(one));
    return (by) => devices.includes(by);
  }

  /** Whether the device would find what is written in the own log. */
  #placesOwn(device: DeviceKey, person: PersonId): boolean {
    const isBelieved = this.#isBelieved(person);
    const seen = this.#seen;
    const claimsTo = (one: DeviceKey) => seen.claimsTo(one).filter(({ by }) => isBelieved(by));
    const had = surelyHas(this.resolution, { ...seen, claimsTo, isBelieved }, device);
    return this.#own === undefined || had.has(this.#own.under);
  }

  /** Devices that may not find what is written in the own log. */
  #misplaced(): { readonly device: DeviceKey; readonly person: PersonId }[] {
    const found = participants(this.resolution).flatMap((person) =>
      reachable(this.#known, person).map((device) => ({ device, person })),
    );
    return found.filter(({ device, person }) => device !== this.device.key && !this.#placesOwn(device, person));
  }

  /** Letters with what the own log begins under, for those who may lack it whatever was said. */
  #placingLetters(first: readonly Share[]): Share[] {
    const own = this.#own?.under;
    const begun = epochsIn(this.resolution).filter(({ says }) => says.epoch === own);
    return this.#misplaced().flatMap(({ device, person }) => {
      const isMayHave = begun.some(
        (epoch) =>
          isEntitled(this.resolution, person, epoch, this.setting.personOf) &&
          knowsRemovals(this.#known, epoch.says, person),
      );
      const isDue = person === this.device.person.id || this.#added.has(person) || this.#lacks.has(device);
      if (
        own === undefined ||
        !this.#known.hasData(own) ||
        !isMayHave ||
        !isDue ||
        first.some((one) => one.device === device)
      )
        return [];
      return [{ device, person, epochs: [own], isControlAlone: false, isLetter: true }];
    });
  }

  /** Devices that wrote nothing, and to which nobody who is believed told of a letter. */
  #unreached(): { readonly device: DeviceKey; readonly person: PersonId }[] {
    const letters = this.#soundClaims.filter(({ isLetter }) => isLetter);
    const isTold = (device: DeviceKey, person: PersonId): boolean => {
      const added = grantsOf(this.resolution, person).map(({ author }) => author.person);
      const believed = [this.device.person.id, person, ...added].flatMap((one) => this.#known.currentOf(one));
      return letters.some(({ devices, by }) => devices.some((to) => to.device === device) && believed.includes(by));
    };
    const found = participants(this.resolution).flatMap((person) =>
      reachable(this.#known, person).map((device) => ({ device, person })),
    );
    return found.filter(
      ({ device, person }) => device !== this.device.key && !isTold(device, person) && !this.#writtenUnder.has(device),
    );
  }

  #firstLetters(): Share[] {
    const { resolution } = this;
    const known = this.#known;
    return this.#unreached().flatMap(({ device, person }) => {
      const epochs = epochsIn(resolution).filter(
        (epoch) =>
          known.hasData(epoch.says.epoch) &&
          isEntitled(resolution, person, epoch, this.setting.personOf) &&
          knowsRemovals(known, epoch.says, person),
      );
      const isOwn = person === this.device.person.id || this.#added.has(person) || this.#lacks.has(device);
      const isDue = isOwn || epochs.some(({ author }) => author.device === this.device.key);
      if (epochs.length === 0 || !isDue) return [];
      const newest = epochs.slice(-SHARED_EPOCHS_MAX).map(({ says }) => says.epoch);
      return [{ device, person, epochs: newest, isControlAlone: false, isLetter: true }];
    });
  }

  /** Gives keys away: by letter where what is written in the own log would not be found. */
  #give({ device, person, epochs, isControlAlone, isLetter }: Share): void {
    const keys = epochs.flatMap((epoch) => this.#passedOn(epoch, isControlAlone) ?? []);
    if (keys.length === 0) return;
    const under = this.#controlEpoch();
    const { topic } = this.setting;
    const by = this.device.key;
    const to = this.#serialsOf([device]);
    const wrap = { content: encodeWrap({ topic, epochs: keys }), to };
    const devices = [...to].map(([one, serial]) => ({ device: one, serial }));
    const place = this.#nextPlace();
    const isByLetter = isLetter || !this.#placesOwn(device, person);
    const claim = { epochs: keys.map(({ id }) => id), devices, isControlAlone, isLetter: isByLetter };
    if (isByLetter)
      this.#put({ by, place: undefined, under: undefined, wrap, statements: this.#inLetter(person, keys) });
    this.#put({ by, place, under, claim, ...(!isByLetter && { wrap }) });
  }

  #passedOn(epoch: EpochId, isControlAlone: boolean): EpochKeys | undefined {
    const keys = this.keysOf(epoch);
    // of what came by a link alone nothing can be passed on
    if (!keys?.dataHash) return undefined;
    return isControlAlone ? { id: keys.id, control: keys.control, dataHash: keys.dataHash } : keys;
  }

  #inLetter(person: PersonId, keys: readonly EpochKeys[]): SignedStatement[] {
    const { resolution } = this;
    const grants = resolution.owners.has(person) ? [] : grantsOf(resolution, person).slice(-1);
    const newest = [...this.held.graph.all].reverse();
    const ofKeys = newest.filter(({ says }) => says.kind === 'epoch' && keys.some(({ id }) => id === says.epoch));
    const ordered = new Set([...grants, ...ofKeys, ...newest].map(({ id }) => id));
    return [...ordered].slice(0, LETTER_STATEMENTS_MAX).flatMap((id) => this.#signed.get(id) ?? []);
  }

  #ask(): void {
    const needs = [...this.held.missing, ...this.#missingHeads()];
    const known = epochsIn(this.resolution).filter(
      ({ id, says }) => this.resolution.counts(id) && !this.#known.hasData(says.epoch),
    );
    // of what cannot be opened a real need names the log, and whoever can open it knows the epoch
    const unopened = [...this.#unread].flatMap(({ under, place }) =>
      under !== undefined && place && this.keysOf(place.log.under) ? [under] : [],
    );
    const lacks = [...new Set([...known.map(({ says }) => says.epoch), ...unopened])];
    const { serial } = this.device;
    const said = needs.length + lacks.length === 0 ? '' : [...needs, ...lacks, serial].join();
    if (said === this.#needed) return;
    this.#needed = said;
    const under = this.#controlEpoch();
    this.#put({ by: this.device.key, place: this.#nextPlace(), under, needs, lacks, serial });
  }

  #missingHeads(): StatementId[] {
    const heads = [...this.#unheld].filter((id) => !this.held.graph.get(id) && !this.held.isDiscarded(id));
    return heads.filter((id) => !this.#signed.has(id));
  }

  /** Gives what somebody asked for, once. */
  #answer(): void {
    const known = this.#known;
    for (const [device, epochs] of this.#wanted) {
      const person = this.setting.personOf(device);
      const isThere = person && this.resolution.role(person) >= ROLE.member && known.currentOf(person).includes(device);
      if (!isThere || device === this.device.key) continue;
      for (const epoch of epochsIn(this.resolution))
        if (epochs.has(epoch.says.epoch)) this.#answerOne(device, person, epoch);
    }
  }

  #answerOne(device: DeviceKey, person: PersonId, epoch: PlacedEpoch): void {
    const known = this.#known;
    const id = epoch.says.epoch;
    const name = `${device}/${id}/${known.serialOf(device)}`;
    const isEntitledTo = isEntitled(this.resolution, person, epoch, this.setting.personOf);
    if (!known.hasData(id) || !isEntitledTo || this.#given.has(name)) return;
    this.#given.add(name);
    // who asks lacks it, whatever was said of it: in a log that begins under it nothing would be found
    const isLetter = this.#own !== undefined && this.#wanted.get(device)?.has(this.#own.under) === true;
    this.#give({ device, person, epochs: [id], isControlAlone: false, isLetter });
  }

  /** What a welcome brings from a sibling. */
  welcome(from: Replica): void {
    this.learn(from.keys);
    for (const list of from.lists.values()) this.#holdList(list);
    for (const [device, serial] of from.serials) this.#noteSerial(device, serial);
    const statements = [...from.#signed.values()];
    for (const one of statements) this.#learn(one);
    this.held.take(statements);
  }
}

/** The body of a devices statement with a list, and no cut. */
export function devicesBody({ bytes, signature }: DeviceList) {
  return { kind: 'devices', list: bytes, signature, cut: [] } as const;
}

/** A list as it is resolved. */
export function statedList({ bytes, signature }: DeviceList): StatedList {
  const list = decodeDeviceList(bytes, signature);
  if (!list) throw new Error('a list that is none');
  return { ...list, current: list.current.map(({ device }) => device) };
}

/** Whether who holds the other list needs this one no more. */
function isReplaced(one: StatedList, other: StatedList): boolean {
  if (one.person !== other.person) return false;
  if (one.generation !== other.generation) return other.generation > one.generation;
  return one.authority === other.authority && isGreater(other, one) && covers(other, one);
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
