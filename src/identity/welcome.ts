// What the authority answers to a request: all that makes the new device one of the person's (spec/devices.md, "Welcome").
import {
  asBytes,
  asInteger,
  asList,
  asMap,
  asText,
  type Cbor,
  decodeCbor,
  encodeCbor,
  hasCriticalKey,
} from '../format/cbor/cbor.js';
import { SatchelError } from '../format/error.js';
import { idBytes, type LogId, readId, type TopicId } from '../format/ids.js';
import { labelProblem } from '../format/label.js';
import { controlEpochsIn, epochFits, epochItems, mergedEpochs, wholeEpochsIn } from '../format/private/epoch.js';
import { type Signed, signedIn, signedItems } from '../format/private/signed.js';
import type { TopicKeys } from '../format/private/topic-keys.js';
import type { Card } from './card.js';
import { cardIn } from './card-item.js';
import { type DeviceList, decodeDeviceList } from './device-list.js';
import { cardNameProblem, PETNAME_MAX } from './names.js';

/** A contact that the new device is to know: once for each of its cards. */
export interface WelcomeContact {
  readonly card: Card;
  readonly petname: string;
  /** What the user decided about it: the sum of 1 accepted, 2 confirmed, 4 blocked, 8 former. */
  readonly flags: number;
}

/** An open topic that the new device joins too. */
export interface WelcomeTopic {
  readonly topic: TopicId;
  readonly label: string;
  readonly kind: (typeof KINDS)[number];
}

/** A private topic of the person: its keys, what is known of who is in it, and the logs that belong to it. */
export interface WelcomePrivateTopic extends TopicKeys {
  readonly statements: readonly Signed[];
  readonly logs: readonly LogId[];
}

/** What a welcome says. */
export interface Welcome {
  /** The authority's signature on the new device. */
  readonly certificate: Buffer;
  readonly list: DeviceList;
  /** The authority's card. */
  readonly card: Card;
  readonly contacts: readonly WelcomeContact[];
  readonly privateTopics: readonly WelcomePrivateTopic[];
  readonly topics: readonly WelcomeTopic[];
  /** The current one among them, if any is. */
  readonly current?: TopicId | undefined;
  /** The X25519 key that backups are sealed to, 32 bytes, where somebody has the words that open them. */
  readonly backup?: Buffer | undefined;
}

/** The welcome's bytes, before they are sealed. */
export function encodeWelcome(welcome: Welcome): Buffer {
  const { certificate, list, card, contacts, privateTopics, topics, current, backup } = welcome;
  return encodeCbor(
    new Map<number, Cbor>([
      [KEY.certificate, certificate],
      [KEY.list, [list.bytes, list.signature]],
      [KEY.card, card.bytes],
      [KEY.contacts, contacts.map((one) => [one.card.bytes, one.petname, one.flags])],
      [KEY.privateTopics, privateTopics.map(privateTopicItem)],
      ...(topics.length > 0 ? ([[KEY.topics, topics.map(topicItem)]] as const) : []),
      ...(current === undefined ? [] : ([[KEY.current, idBytes(current)]] as const)),
      ...(backup ? ([[KEY.backup, backup]] as const) : []),
    ]),
  );
}

/**
 * The welcome in these bytes; that it is for this device is for the caller to see.
 * @throws SatchelError `bad-request` when it is none
 */
export function decodeWelcome(bytes: Uint8Array): Welcome {
  const map = asMap(decodeCbor(bytes));
  if (!map || hasCriticalKey(map)) throw badWelcome('is none, or made by a newer version');
  const certificate = asBytes(map.get(KEY.certificate), SIGNATURE_BYTES);
  const list = listIn(map.get(KEY.list));
  const contacts = asList(map.get(KEY.contacts));
  const privateTopics = asList(map.get(KEY.privateTopics));
  if (!certificate) throw badWelcome('has no certificate');
  if (!list) throw badWelcome('has no device list');
  if (!contacts || !privateTopics) throw badWelcome('has no contacts and topics');
  const card = cardIn(map.get(KEY.card), badWelcome);
  const backup = map.has(KEY.backup) ? asBytes(map.get(KEY.backup), ID_BYTES) : null;
  if (backup === undefined) throw badWelcome('has a key for backups that is none');
  const people = contacts.map(contactIn);
  const secret = privateTopics.map(privateTopicIn);
  const given = { certificate, list, card, contacts: people, privateTopics: secret, ...topicsIn(map) };
  return backup ? { ...given, backup: Buffer.from(backup) } : given;
}

function topicsIn(map: ReadonlyMap<number, Cbor>): Pick<Welcome, 'topics' | 'current'> {
  const items = map.has(KEY.topics) ? asList(map.get(KEY.topics)) : [];
  if (!items) throw badWelcome('has no list of topics');
  const topics = items.map(topicIn);
  if (!map.has(KEY.current)) return { topics };
  const current = topicIdIn(map.get(KEY.current));
  if (!topics.some(({ topic }) => topic === current))
    throw badWelcome('has a current topic that is none of its topics');
  return { topics, current };
}

function privateTopicItem({ statement, epochs, statements, logs }: WelcomePrivateTopic): Cbor {
  const { whole, control } = epochItems(epochs);
  return [statement, whole, control, signedItems(statements), logs.map(idBytes)];
}

function privateTopicIn(item: Cbor): WelcomePrivateTopic {
  const parts = asList(item);
  const [first, second, third, fourth, fifth] = parts ?? [];
  const statement = asBytes(first);
  const whole = wholeEpochsIn(second);
  const control = controlEpochsIn(third);
  const statements = signedIn(fourth);
  const logs = asList(fifth)?.map((log) => asBytes(log, ID_BYTES));
  if (parts?.length !== 5 || !statement || !whole || !control || !statements || !logs?.every(isThere)) {
    throw badWelcome('has a private topic that is none');
  }
  const epochs = mergedEpochs(whole, control);
  if (![...whole, ...control].every(epochFits)) throw badWelcome('has keys that are not of their epoch');
  return { statement: Buffer.from(statement), epochs, statements, logs: logs.map((log) => readId<LogId>(log)) };
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function topicItem({ topic, label, kind }: WelcomeTopic): Cbor {
  return [idBytes(topic), label, KINDS.indexOf(kind)];
}

function topicIn(item: Cbor): WelcomeTopic {
  const parts = asList(item);
  const topic = topicIdIn(parts?.[0]);
  const label = asText(parts?.[1]);
  const kind = KINDS[asInteger(parts?.[2]) ?? KINDS.length];
  if (parts?.length !== 3 || !topic || label === undefined || labelProblem(label) !== undefined || !kind) {
    throw badWelcome('has a topic that is none');
  }
  return { topic, label, kind };
}

function topicIdIn(value: Cbor | undefined): TopicId | undefined {
  const bytes = asBytes(value, ID_BYTES);
  return bytes && readId<TopicId>(bytes);
}

function listIn(value: Cbor | undefined): DeviceList | undefined {
  const pair = asList(value);
  const map = asBytes(pair?.[0]);
  const signature = asBytes(pair?.[1]);
  return pair?.length === 2 && map && signature ? decodeDeviceList(map, signature) : undefined;
}

function contactIn(item: Cbor): WelcomeContact {
  const parts = asList(item);
  const petname = asText(parts?.[1]);
  const flags = asInteger(parts?.[2]);
  if (parts?.length !== 3 || petname === undefined || flags === undefined || cardNameProblem(petname, PETNAME_MAX)) {
    throw badWelcome('has a contact that is none');
  }
  return { card: cardIn(parts[0], badWelcome), petname, flags };
}

function badWelcome(problem: string, cause?: unknown): SatchelError {
  const hint = 'have "satchel device add" make it again';
  return new SatchelError('bad-request', `the welcome ${problem}`, { hint, cause });
}

const KEY = {
  certificate: 1,
  list: 2,
  card: 3,
  contacts: 4,
  privateTopics: 5,
  topics: 6,
  current: 7,
  backup: 8,
} as const;
/** How a topic came to be known, by its number. */
const KINDS = ['rendezvous', 'created', 'seen'] as const;
/** An id, or a key. */
const ID_BYTES = 32;
const SIGNATURE_BYTES = 64;
