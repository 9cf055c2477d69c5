// What is kept of persons with several devices: cards of devices beside the one that stands in `contacts.json`, or is our own,
// and device lists (spec/repository.md, "Devices"; spec/devices.md). Values are never changed.
import type { DeviceKey, PersonId } from '../format/ids.js';
import { DEVICES_REMOVED_MAX } from '../format/limits.js';
import { layoutOf } from '../repository/layout.js';
import { readState, writeState } from '../repository/state.js';
import { type Card, decodeCard } from './card.js';
import { cardGeneration, cardSerial } from './card-layout.js';
import { countsOver } from './card-serial.js';
import { formatCard } from './card-text.js';
import { currentDevices, type DeviceState } from './current-devices.js';
import { type DeviceList, decodeDeviceList, type LabelledDevice } from './device-list.js';
import { storedCardBytes } from './stored-card.js';

/** A card of a device: the newest of those that count, or one of a generation that is out of reach. */
export interface FurtherCard {
  readonly device: DeviceKey;
  readonly serial: number;
  readonly card: string;
}

/** A device that was added here, and the key to seal to that it asked with, hex: what is known of it before its card comes. */
export interface AskedDevice {
  readonly device: DeviceKey;
  readonly recipient: string;
}

/** A device that was taken from its person here, and the last commit of what is believed of it. */
export interface GoneDevice {
  readonly device: DeviceKey;
  readonly commit: number;
  /** The user chose how far it is believed: it is not where nothing of a topic was held by then. */
  readonly isChosen?: boolean | undefined;
}

/** That the recovery words were used on this device. */
export interface Recovered {
  /** The last commit of what is believed of devices that did not stay. */
  readonly commit: number;
  /** The device knew nothing that could be believed, so what comes after that is believed too. */
  readonly isOpen?: boolean | undefined;
}

/** What is known of one person's devices. */
export interface KnownDevices {
  readonly person: PersonId;
  /** The highest generation that counted. */
  readonly known: number;
  readonly cards: readonly FurtherCard[];
  /** Device lists, each with its signature, in base64. */
  readonly lists: readonly (readonly [map: string, signature: string])[];
  /** Of our own, those whose cards are still to come. */
  readonly asked?: readonly AskedDevice[] | undefined;
  /** What devices were called that are not current any more, as far as a list said so here. */
  readonly labels?: readonly LabelledDevice[] | undefined;
  /** Of our own, those that were removed here. */
  readonly gone?: readonly GoneDevice[] | undefined;
  /** Of our own, where the recovery words made this device the authority. */
  readonly recovered?: Recovered | undefined;
}

/** Persons of whom more than one device, or a list, is known. */
export type Devices = ReadonlyMap<PersonId, KnownDevices>;

/** Somebody's first card here: of a contact the one accepted first, or our own. */
export interface FirstCard {
  readonly person: PersonId;
  readonly device: DeviceKey;
  readonly card: string;
}

/**
 * What the repository in `dir` knows of devices.
 * @throws SatchelError `damaged`
 */
export function readDevices(dir: string): Devices {
  const { persons = [] } = readState(layoutOf(dir), 'devices') ?? {};
  return new Map(persons.map((one) => [one.person, one]));
}

/** Replaces it, durably. */
export function writeDevices(dir: string, devices: Devices): void {
  writeState(layoutOf(dir), 'devices', { persons: [...devices.values()] });
}

/** The devices of a person by all that is known of it. */
export function deviceState(first: FirstCard, known: KnownDevices): DeviceState {
  const cached = states.get(known);
  if (cached?.card === first.card) return cached.state;
  const cards = [first.card, ...known.cards.map(({ card }) => card)].map(storedCard);
  const state = currentDevices({ known: known.known, cards, lists: listsOf(known) });
  states.set(known, { card: first.card, state });
  return state;
}

/** The cards that count, the first one in the front; of each device the newest comes last. */
export function countingCards(first: FirstCard, known: KnownDevices): Pick<FurtherCard, 'device' | 'card'>[] {
  const { generation } = deviceState(first, known);
  const further = known.cards.filter(({ card }) => generationOn(card) <= generation);
  return [first, ...further];
}

/** Whether a card of a person is news, be it of another device, or of the first one in another generation. */
export function isCardNews(first: FirstCard, known: KnownDevices | undefined, card: Card): boolean {
  if (takesPlaceOfFirst(first, card)) return false;
  const further = furtherCard(card);
  const isThis = (one: FurtherCard): boolean => one.card === further.card;
  const before = known ?? nothingOf(first);
  if (before.cards.some(isThis)) return false;
  const after = withCard(before, further);
  // one that is older than what it brings within reach says that that counts
  const isBridge = deviceState(first, after).generation > deviceState(first, before).generation;
  return isBridge || keptCards(first, after).some(isThis);
}

/** Whether a card would stand in the place of the first one: what the recovery words made of that device is kept beside it. */
export function takesPlaceOfFirst(first: Pick<FirstCard, 'device' | 'card'>, card: Card): boolean {
  return card.device === first.device && card.binding.generation === generationOn(first.card);
}

/** Whether a device list of that person would change what is known. */
export function isListNews(first: FirstCard, known: KnownDevices | undefined, list: DeviceList): boolean {
  if (!known) return true;
  const isThis = ({ digest }: DeviceList): boolean => digest === list.digest;
  const before = listsOf(known);
  if (before.some(isThis)) return false;
  const state = deviceState(first, known);
  return keptLists([...before, list], state.generation).some(isThis) || tellsLabels(known, state, list);
}

/** Whether a list of an earlier generation says what a device was called that nobody else has named. */
function tellsLabels({ labels = [] }: KnownDevices, { generation, current }: DeviceState, list: DeviceList): boolean {
  if (list.generation >= generation || labels.length >= LABELS_MAX) return false;
  const isNamed = (device: DeviceKey): boolean => labels.some((one) => one.device === device);
  return list.current.some(({ device }) => !current.includes(device) && !isNamed(device));
}

/** The same with a card of another device of that person, which {@link verifyCard} approved. */
export function withFurtherCard(devices: Devices, first: FirstCard, card: Card): Devices {
  const known = devices.get(first.person) ?? nothingOf(first);
  return isCardNews(first, known, card) ? withKnown(devices, first, withCard(known, furtherCard(card))) : devices;
}

/** The same with a device list of that person. */
export function withDeviceList(devices: Devices, first: FirstCard, list: DeviceList): Devices {
  const known = devices.get(first.person) ?? nothingOf(first);
  if (!isListNews(first, known, list)) return devices;
  const lists = [...listsOf(known), list];
  const kept = keptLists(lists, deviceState(first, known).generation);
  return withKnown(devices, first, { ...known, lists: kept.map(storedList), labels: labelsBy(known.labels, lists) });
}

/** The same with what a device asked with that is current now. */
export function withAsked(devices: Devices, first: FirstCard, asked: AskedDevice): Devices {
  const known = devices.get(first.person) ?? nothingOf(first);
  const others = (known.asked ?? []).filter(({ device }) => device !== asked.device);
  return withKnown(devices, first, { ...known, asked: [...others, asked] });
}

/** The same with a device that was removed here; what was noted of it before stays. */
export function withGone(devices: Devices, first: FirstCard, gone: GoneDevice): Devices {
  const known = devices.get(first.person) ?? nothingOf(first);
  const before = known.gone ?? [];
  if (before.some(({ device }) => device === gone.device)) return devices;
  return new Map([...devices, [first.person, { ...known, gone: [...before, gone].slice(-DEVICES_REMOVED_MAX) }]]);
}

/** The same where the recovery words were used; undefined: nothing is said yet of what is believed. */
export function withRecovered(devices: Devices, first: FirstCard, recovered: Recovered | undefined): Devices {
  const known = devices.get(first.person) ?? nothingOf(first);
  return new Map([...devices, [first.person, { ...known, recovered }]]);
}

/** The card that a text of ours holds. */
export function storedCard(text: string): Card {
  return decodeCard(storedCardBytes(text));
}

function withKnown(devices: Devices, first: FirstCard, known: KnownDevices): Devices {
  const { generation, current } = deviceState(first, known);
  const { asked = [], labels = [], ...rest } = known;
  const cards = keptCards(first, known);
  const isAwaited = ({ device }: AskedDevice): boolean =>
    current.includes(device) && !cards.some((card) => card.device === device);
  const awaited = asked.filter(isAwaited);
  const within = listsOf(known).filter((list) => list.generation <= generation);
  const gone = labelsBy(labels, within)
    .filter(({ device }) => !current.includes(device))
    .slice(-LABELS_MAX);
  const told = { ...(awaited.length > 0 && { asked: awaited }), ...(gone.length > 0 && { labels: gone }) };
  const kept = { ...rest, known: generation, cards, ...told };
  return new Map([...devices, [first.person, kept]]);
}

/** What devices are called: by the newest of these lists, else as they were called before. */
function labelsBy(before: readonly LabelledDevice[] = [], lists: readonly DeviceList[]): LabelledDevice[] {
  const oldestFirst = [...lists].sort((a, b) => a.generation - b.generation || a.version - b.version);
  const all = [...before, ...oldestFirst.flatMap(({ current }) => current)];
  return [...new Map(all.map((one) => [one.device, one])).values()];
}

/** Of somebody met first the generation of the first card counts, however high it is. */
function nothingOf({ person, card }: FirstCard): KnownDevices {
  return { person, known: generationOn(card), cards: [], lists: [] };
}

function furtherCard(card: Card): FurtherCard {
  return { device: card.device, serial: card.serial, card: formatCard(card) };
}

function withCard(known: KnownDevices, card: FurtherCard): KnownDevices {
  return { ...known, cards: [...known.cards, card] };
}

/**
 * Of each device the newest of those that count, and in each generation out of reach the newest: what is between may bring that
 * within reach, so that it makes no difference what came first.
 */
function keptCards(first: FirstCard, known: KnownDevices): FurtherCard[] {
  const { generation } = deviceState(first, known);
  const reachOf = ({ card }: Pick<FurtherCard, 'card'>): number => Math.max(generation, generationOn(card));
  const group = (one: Pick<FurtherCard, 'device' | 'card'>): string => `${one.device}/${reachOf(one)}`;
  const all = [first, ...known.cards];
  const isNewest = (one: FurtherCard): boolean =>
    !all.some((other) => other !== one && group(other) === group(one) && isNewer(other, one));
  const kept = known.cards.filter(isNewest);
  // those that count first, and what is farthest out of reach last
  return kept.sort((a, b) => reachOf(a) - reachOf(b)).slice(0, CARDS_MAX);
}

function isNewer(other: Pick<FurtherCard, 'card'>, one: FurtherCard): boolean {
  const bytes = storedCardBytes(other.card);
  return countsOver({ serial: cardSerial(bytes), bytes }, one);
}

function generationOn(card: string): number {
  return cardGeneration(storedCardBytes(card));
}

/** The newest lists, and of this generation and later ones those that remove what no newer one does. */
function keptLists(lists: readonly DeviceList[], generation: number): DeviceList[] {
  const newest = [...lists].sort((a, b) => b.generation - a.generation || b.version - a.version);
  const told = new Set<string>();
  // what somebody else says who holds that generation makes no list superfluous: it may turn out not to count
  const nameOf = ({ authority, generation: own }: DeviceList, device = ''): string => `${own}/${authority}/${device}`;
  const kept = newest.filter((list) => {
    if (list.generation < generation) return false;
    const isFirst = !newest.some((one) => nameOf(one) === nameOf(list) && one.version > list.version);
    const isNews = list.removed.some((device) => !told.has(nameOf(list, device)));
    for (const device of list.removed) told.add(nameOf(list, device));
    return isFirst || isNews;
  });
  // those of the generation that counts first
  return kept.sort((a, b) => a.generation - b.generation).slice(0, LISTS_MAX);
}

function listsOf({ lists }: KnownDevices): DeviceList[] {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  return lists.flatMap(([map, signature]) => decodeDeviceList(bytes(map), bytes(signature)) ?? []);
}

function storedList({ bytes, signature }: DeviceList): [string, string] {
  return [bytes.toString('base64'), signature.toString('base64')];
}

/** Cards kept of one person, at most: its authority can certify any number of devices. */
const CARDS_MAX = 64;
const LISTS_MAX = 16;
const LABELS_MAX = 64;

/** What was worked out of a value that never changes. */
const states = new WeakMap<KnownDevices, { readonly card: string; readonly state: DeviceState }>();
