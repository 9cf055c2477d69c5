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
import { type Card, decodeCard } from './card.js';
import { type DeviceList, decodeDeviceList } from './device-list.js';
import { cardNameProblem, PETNAME_MAX } from './names.js';

/** A contact that the new device is to know: once for each of its cards. */
export interface WelcomeContact {
  readonly card: Card;
  readonly petname: string;
  /** What the user decided about it: the sum of 1 accepted, 2 confirmed, 4 blocked. */
  readonly flags: number;
}

/** What a welcome says. */
export interface Welcome {
  /** The authority's signature on the new device. */
  readonly certificate: Buffer;
  readonly list: DeviceList;
  /** The authority's card. */
  readonly card: Card;
  readonly contacts: readonly WelcomeContact[];
}

/** The welcome's bytes, before they are sealed. */
export function encodeWelcome({ certificate, list, card, contacts }: Welcome): Buffer {
  return encodeCbor(
    new Map<number, Cbor>([
      [KEY.certificate, certificate],
      [KEY.list, [list.bytes, list.signature]],
      [KEY.card, card.bytes],
      [KEY.contacts, contacts.map((one) => [one.card.bytes, one.petname, one.flags])],
      // private topics bring theirs
      [KEY.topics, []],
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
  if (!certificate) throw badWelcome('has no certificate');
  if (!list) throw badWelcome('has no device list');
  if (!contacts || !asList(map.get(KEY.topics))) throw badWelcome('has no contacts and topics');
  return { certificate, list, card: cardIn(map.get(KEY.card)), contacts: contacts.map(contactIn) };
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
  return { card: cardIn(parts[0]), petname, flags };
}

function cardIn(value: Cbor | undefined): Card {
  const bytes = asBytes(value);
  if (!bytes) throw badWelcome('has no card');
  try {
    return decodeCard(bytes);
  } catch (cause) {
    if (!(cause instanceof SatchelError)) throw cause;
    throw badWelcome('has a card that is none', cause);
  }
}

function badWelcome(problem: string, cause?: unknown): SatchelError {
  const hint = 'have "satchel device add" make it again';
  return new SatchelError('bad-request', `the welcome ${problem}`, { hint, cause });
}

const KEY = { certificate: 1, list: 2, card: 3, contacts: 4, topics: 5 } as const;
const SIGNATURE_BYTES = 64;
