// What a control entry says besides its clock (spec/epochs.md, "Control entries"): statements, device lists, what it shares, what
// it needs, its author's card. Statements, lists and cards are judged by who reads them, each by itself.
import { asBytes, asInteger, asList, asMap, type Cbor, hasCriticalKey } from '../cbor/cbor.js';
import { type EpochId, idBytes, type LogId, type StatementId } from '../ids.js';
import {
  NEED_EPOCHS_OF_LOG_MAX,
  NEED_MAX,
  SEALED_RECIPIENTS_MAX,
  SHARED_EPOCHS_MAX,
  VEILED_EPOCHS_LIMIT,
} from '../limits.js';
import { ascendingIds, readIdItem } from './ascending.js';
import { type Signed, signedIn, signedItems } from './signed.js';
import { type WrappedTo, wrappedToIn, wrappedToItems } from './wrapped-to.js';

/** The body; what is absent is not said. */
export interface ControlBody {
  readonly statements?: readonly Signed[];
  readonly lists?: readonly Signed[];
  readonly shared?: Shared;
  readonly need?: Need;
  /** Bytes of the author's card. */
  readonly card?: Buffer;
}

/** Which keys were given to which devices, beside in a wrap or in a letter. */
export interface Shared {
  /** 1 to 24. */
  readonly epochs: readonly EpochId[];
  /** 1 to 128. */
  readonly devices: readonly WrappedTo[];
  /** Whether the data secrets were left out. */
  readonly isControlAlone: boolean;
}

/** What a device cannot read for want of keys or statements; it replaces what the device said before. Empty: nothing. */
export interface Need {
  readonly pairs: readonly LogEpoch[];
  readonly statements: readonly StatementId[];
  readonly epochs: readonly EpochId[];
}

/** The n-th epoch that a log uses. */
export interface LogEpoch {
  readonly log: LogId;
  readonly n: number;
}

/** The body as an entry carries it; lists may be given in any order. */
export function controlBodyItem({ statements, lists, shared, need, card }: ControlBody): Cbor {
  return new Map<number, Cbor>([
    ...(statements ? ([[KEY.statements, signedItems(statements)]] as const) : []),
    ...(lists ? ([[KEY.lists, signedItems(lists)]] as const) : []),
    ...(shared ? ([[KEY.shared, sharedItem(shared)]] as const) : []),
    ...(need ? ([[KEY.need, needItem(need)]] as const) : []),
    ...(card ? ([[KEY.card, card]] as const) : []),
  ]);
}

/** The body that an item is, undefined when it is none: then the entry is unreadable. */
export function controlBodyIn(item: Cbor | undefined): ControlBody | undefined {
  const map = asMap(item);
  if (!map || hasCriticalKey(map)) return undefined;
  const read = <T>(key: number, of: (value: Cbor | undefined) => T | undefined): T | undefined | null =>
    map.has(key) ? (of(map.get(key)) ?? null) : undefined;
  const statements = read(KEY.statements, signedIn);
  const lists = read(KEY.lists, signedIn);
  const shared = read(KEY.shared, sharedIn);
  const need = read(KEY.need, needIn);
  const card = read(KEY.card, (value) => asBytes(value));
  if (statements === null || lists === null || shared === null || need === null || card === null) return undefined;
  return {
    ...(statements && { statements }),
    ...(lists && { lists }),
    ...(shared && { shared }),
    ...(need && { need }),
    ...(card && { card: Buffer.from(card) }),
  };
}

function sharedItem({ epochs, devices, isControlAlone }: Shared): Cbor {
  return [[...epochs].sort().map(idBytes), wrappedToItems(devices), isControlAlone ? 1 : 0];
}

function sharedIn(item: Cbor | undefined): Shared | undefined {
  const parts = asList(item);
  const epochs = ascendingIds<EpochId>(asList(parts?.[0]), SHARED_EPOCHS_MAX);
  const devices = wrappedToIn(parts?.[1], SEALED_RECIPIENTS_MAX);
  const what = asInteger(parts?.[2]);
  if (parts?.length !== 3 || !epochs?.length || !devices?.length || what === undefined || what > 1) return undefined;
  return { epochs, devices, isControlAlone: what === 1 };
}

function needItem({ pairs, statements, epochs }: Need): Cbor {
  const ordered = [...pairs].sort((a, b) => comparePairs(a, b));
  return new Map<number, Cbor>([
    ...(pairs.length > 0 ? ([[NEED.pairs, ordered.map(({ log, n }) => [idBytes(log), n])]] as const) : []),
    ...(statements.length > 0 ? ([[NEED.statements, [...statements].sort().map(idBytes)]] as const) : []),
    ...(epochs.length > 0 ? ([[NEED.epochs, [...epochs].sort().map(idBytes)]] as const) : []),
  ]);
}

function needIn(item: Cbor | undefined): Need | undefined {
  const map = asMap(item);
  if (!map || hasCriticalKey(map)) return undefined;
  const listAt = (key: number): readonly Cbor[] | undefined => (map.has(key) ? asList(map.get(key)) : []);
  const pairs = pairsIn(listAt(NEED.pairs));
  const statements = ascendingIds<StatementId>(listAt(NEED.statements), NEED_MAX);
  const epochs = ascendingIds<EpochId>(listAt(NEED.epochs), NEED_MAX);
  return pairs && statements && epochs ? { pairs, statements, epochs } : undefined;
}

function pairsIn(items: readonly Cbor[] | undefined): readonly LogEpoch[] | undefined {
  if (!items || items.length > NEED_MAX) return undefined;
  const pairs = items.map(pairIn).filter((pair) => pair !== undefined);
  const isOrdered = pairs.every((pair, i) => i === 0 || comparePairs(pairs[i - 1] ?? pair, pair) < 0);
  // in order, so that as many of one log stand behind each other
  const isBounded = pairs.every(({ log }, i) => pairs[i - NEED_EPOCHS_OF_LOG_MAX]?.log !== log);
  return pairs.length === items.length && isOrdered && isBounded ? pairs : undefined;
}

function pairIn(item: Cbor): LogEpoch | undefined {
  const parts = asList(item);
  const log = readIdItem<LogId>(parts?.[0]);
  const n = asInteger(parts?.[1]);
  return parts?.length === 2 && log !== undefined && n !== undefined && n < VEILED_EPOCHS_LIMIT
    ? { log, n }
    : undefined;
}

function comparePairs(a: LogEpoch, b: LogEpoch): number {
  return a.log === b.log ? a.n - b.n : a.log < b.log ? -1 : 1;
}

const KEY = { statements: 1, lists: 2, shared: 3, need: 4, card: 5 } as const;
const NEED = { pairs: 1, statements: 2, epochs: 3 } as const;
