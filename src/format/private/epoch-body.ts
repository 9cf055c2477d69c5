// What the statement of an epoch says (spec/private.md, "Epoch"): to which devices it is wrapped, what its maker knew of whose
// devices, and to which earlier epochs it leads.
import { asBytes, asList, type Cbor } from '../cbor/cbor.js';
import { type Digest, type EpochId, idBytes, type PersonId } from '../ids.js';
import { EPOCH_LINKS_MAX, EPOCH_PERSON_LISTS_MAX, EPOCH_TO_MAX } from '../limits.js';
import { ascending, ascendingIds, readIdItem } from './ascending.js';
import { LINK_SIZE, type Link, type Links } from './link.js';
import { type WrappedTo, wrappedToIn, wrappedToItems } from './wrapped-to.js';

/** The device lists of one person that the maker knew: the one that counts, then others that removed what it does not, ascending. */
export interface NamedLists {
  readonly person: PersonId;
  readonly lists: readonly Digest[];
}

/** Two new secrets, control and data, that entries are sealed under from now on. */
export interface EpochBody extends Links {
  readonly kind: 'epoch';
  readonly epoch: EpochId;
  readonly to: readonly WrappedTo[];
  readonly lists: readonly NamedLists[];
}

/** The fields of an epoch's statement. */
export function encodeEpochFields({ epoch, to, lists, controlLinks, dataLinks }: EpochBody): Cbor {
  const named = [...lists].sort((a, b) => (a.person < b.person ? -1 : 1));
  return new Map<number, Cbor>([
    [KEY.epoch, idBytes(epoch)],
    [KEY.to, wrappedToItems(to)],
    [KEY.lists, named.map(({ person, lists: digests }) => [idBytes(person), namedItem(digests)])],
    [KEY.controlLinks, linksItem(controlLinks)],
    [KEY.dataLinks, linksItem(dataLinks)],
  ]);
}

/** The epoch that the fields tell of, or undefined. */
export function readEpochFields(map: ReadonlyMap<number, Cbor>): EpochBody | undefined {
  const epoch = readIdItem<EpochId>(map.get(KEY.epoch));
  const to = wrappedToIn(map.get(KEY.to), EPOCH_TO_MAX);
  const lists = ascending(asList(map.get(KEY.lists)), Number.POSITIVE_INFINITY, readNamed, ({ person }) => person);
  const controlLinks = readLinks(map.get(KEY.controlLinks));
  const dataLinks = readLinks(map.get(KEY.dataLinks));
  if (epoch === undefined || !to || !lists || !controlLinks || !dataLinks) return undefined;
  return { kind: 'epoch', epoch, to, lists, controlLinks, dataLinks };
}

function readNamed(item: Cbor): NamedLists | undefined {
  const pair = asList(item);
  const person = readIdItem<PersonId>(pair?.[0]);
  const [counting, ...others] = asList(pair?.[1]) ?? [];
  const first = readIdItem<Digest>(counting);
  const rest = ascendingIds<Digest>(others, EPOCH_PERSON_LISTS_MAX - 1);
  if (pair?.length !== 2 || person === undefined || first === undefined || !rest || rest.includes(first)) {
    return undefined;
  }
  return { person, lists: [first, ...rest] };
}

function namedItem([counting, ...others]: readonly Digest[]): Cbor {
  return [...(counting === undefined ? [] : [counting]), ...others.sort()].map(idBytes);
}

function linksItem(links: readonly Link[]): Cbor {
  return [...links].sort((a, b) => (a.epoch < b.epoch ? -1 : 1)).map(({ epoch, sealed }) => [idBytes(epoch), sealed]);
}

function readLinks(item: Cbor | undefined): readonly Link[] | undefined {
  return ascending(asList(item), EPOCH_LINKS_MAX, readLink, ({ epoch }) => epoch);
}

function readLink(item: Cbor): Link | undefined {
  const pair = asList(item);
  const epoch = readIdItem<EpochId>(pair?.[0]);
  const sealed = asBytes(pair?.[1], LINK_SIZE);
  return pair?.length === 2 && epoch !== undefined && sealed ? { epoch, sealed } : undefined;
}

const KEY = { epoch: 1, to: 2, lists: 3, controlLinks: 4, dataLinks: 5 } as const;
