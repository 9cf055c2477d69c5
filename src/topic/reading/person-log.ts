// What a person's devices say of themselves in their person logs (spec/devices.md, "Person log").
import { asBytes, asList, type Cbor } from '../../format/cbor/cbor.js';
import { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import { ADDRESSES_MAX } from '../../format/limits.js';
import { isAddress } from '../../identity/addresses.js';
import { type Card, decodeCard } from '../../identity/card.js';
import { type DeviceList, decodeDeviceList } from '../../identity/device-list.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import type { Message } from '../message/message.js';
import { messageIn } from '../payload.js';

/** The type of a message whose body is a card. */
export const CARD = 'card';
/** The type of a message whose body is a device list and its signature. */
export const DEVICES = 'devices';

/** The type of a message whose body is a letter, sealed for whom it invites. */
export const LETTER = 'letter';

/** The type of a message whose body says where its person publishes. */
export const AT = 'at';

/** What is said in a person log, and where that stands: a card, a device list, or addresses with the clock of when. */
export type PersonEvent =
  | { readonly seq: number; readonly type: typeof CARD; readonly card: Card }
  | { readonly seq: number; readonly type: typeof DEVICES; readonly list: DeviceList }
  | { readonly seq: number; readonly type: typeof AT; readonly at: readonly string[]; readonly clock: number };

/** The cards, device lists and addresses of its person that are held of a log, ascending; what is none, or somebody else's, is passed over. */
export function* personEventsIn(
  repository: Repository,
  { log, person }: Pick<LogSummary, 'log' | 'person'>,
): Generator<PersonEvent> {
  for (const { from, end } of repository.held(log)) {
    for (const entry of repository.entries(log, Math.max(from, 1), end)) {
      const message = messageIn(entry);
      const event = message && eventIn(message, person);
      if (event) yield { seq: entry.seq, ...event };
    }
  }
}

/** The sealed letters that are held of a person log, newest first. */
export function* lettersIn(repository: Repository, { log }: Pick<LogSummary, 'log'>): Generator<Buffer> {
  for (const run of repository.runs(log).reverse()) {
    if (run.messages === 0) continue;
    for (const entry of [...repository.entries(log, Math.max(run.first, 1), run.end)].reverse()) {
      const { type, body } = messageIn(entry) ?? {};
      if (type === LETTER && body instanceof Uint8Array) yield Buffer.from(body);
    }
  }
}

type Said =
  | { type: typeof CARD; card: Card }
  | { type: typeof DEVICES; list: DeviceList }
  | { type: typeof AT; at: readonly string[]; clock: number };

function eventIn({ type, body, clock }: Message, person: PersonId | undefined): Said | undefined {
  if (type === CARD) {
    const card = body instanceof Uint8Array ? readCard(body) : undefined;
    return card?.person === person && card ? { type, card } : undefined;
  }
  if (type === AT) {
    const at = addressesIn(body);
    return at && { type, at, clock };
  }
  if (type !== DEVICES) return undefined;
  const [map, signature, ...more] = asList(body) ?? [];
  if (!(map instanceof Uint8Array) || more.length > 0) return undefined;
  const list = decodeDeviceList(map, asBytes(signature, SIGNATURE_BYTES) ?? NOTHING);
  return list?.person === person && list ? { type, list } : undefined;
}

/** Those that are none are passed over, and so are more than there may be. */
function addressesIn(body: Cbor | undefined): string[] | undefined {
  const texts = asList(body)?.filter((text) => typeof text === 'string' && isAddress(text)) as string[] | undefined;
  return texts?.slice(0, ADDRESSES_MAX);
}

function readCard(bytes: Uint8Array): Card | undefined {
  try {
    return decodeCard(bytes);
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

const SIGNATURE_BYTES = 64;
const NOTHING = new Uint8Array();
