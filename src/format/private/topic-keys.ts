// The keys that are had of private topics, as they are kept and handed on to an own device (spec/epochs.md, "Keys of topics").
import { asBytes, asList, asMap, type Cbor, decodeCbor, encodeCbor, hasCriticalKey } from '../cbor/cbor.js';
import { controlEpochsIn, type EpochKeys, epochFits, epochItems, mergedEpochs, wholeEpochsIn } from './epoch.js';
import { type Signed, signedIn, signedItems } from './signed.js';

/** The keys that are had of one private topic. */
export interface TopicKeys {
  /** The topic's create statement: its bytes, of which its id is the hash. */
  readonly statement: Buffer;
  /** Each epoch once; of what came by a link alone nothing can be kept. */
  readonly epochs: readonly EpochKeys[];
  /** Statements that came with a letter, each once: where else they are written may not be held yet. */
  readonly statements?: readonly Signed[] | undefined;
  /** They came with a welcome: another device of the person began the topic. */
  readonly isWelcomed?: boolean | undefined;
}

/** The bytes that say it. */
export function encodeTopicKeys(topics: readonly TopicKeys[]): Buffer {
  return encodeCbor(topics.map(topicItem));
}

/** The keys in these bytes; undefined when they are none, or an id does not fit. */
export function decodeTopicKeys(bytes: Uint8Array): TopicKeys[] | undefined {
  const topics = asList(decodeCbor(bytes))?.map(topicIn);
  return topics?.every((one) => one !== undefined) ? (topics as TopicKeys[]) : undefined;
}

/** What is had when both are, each topic once, in the order in which they come. */
export function mergedTopicKeys(a: readonly TopicKeys[], b: readonly TopicKeys[]): TopicKeys[] {
  const all = new Map<string, TopicKeys>();
  for (const { statement, epochs, statements = [], isWelcomed = false } of [...a, ...b]) {
    const name = statement.toString('latin1');
    const known = all.get(name);
    const said = eachOnce([...(known?.statements ?? []), ...statements]);
    const merged = { statement, epochs: mergedEpochs(known?.epochs ?? [], epochs) };
    const told = isWelcomed || known?.isWelcomed ? { ...merged, isWelcomed: true } : merged;
    all.set(name, said.length > 0 ? { ...told, statements: said } : told);
  }
  return [...all.values()];
}

function eachOnce(all: readonly Signed[]): readonly Signed[] {
  return [...new Map(all.map((one) => [one.bytes.toString('latin1'), one])).values()];
}

/** What of `more` is not in `known` already: whole topics, or of one the epochs of which more is had now. */
export function newTopicKeys(known: readonly TopicKeys[], more: readonly TopicKeys[]): TopicKeys[] {
  const before = new Map(known.map((topic) => [topic.statement.toString('latin1'), topic]));
  return mergedTopicKeys([], more).flatMap(({ statement, epochs, statements = [], isWelcomed }) => {
    const had = before.get(statement.toString('latin1'));
    const merged = new Map(mergedEpochs(had?.epochs ?? [], epochs).map((one) => [one.id, one]));
    const news = epochs.filter((one) => merged.get(one.id) === one);
    const held = new Set(had?.statements?.map(({ bytes }) => bytes.toString('latin1')));
    const said = statements.filter(({ bytes }) => !held.has(bytes.toString('latin1')));
    const isTold = !isWelcomed || had?.isWelcomed === true;
    if (had !== undefined && news.length + said.length === 0 && isTold) return [];
    const told = { ...(said.length > 0 && { statements: said }), ...(isWelcomed && { isWelcomed }) };
    return [{ statement, epochs: news, ...told }];
  });
}

/** A topic as an item of the list. */
function topicItem({ statement, epochs, statements, isWelcomed }: TopicKeys): Cbor {
  const { whole, control } = epochItems(epochs);
  return new Map<number, Cbor>([
    [KEY.statement, statement],
    ...(whole.length > 0 ? ([[KEY.whole, whole]] as const) : []),
    ...(control.length > 0 ? ([[KEY.control, control]] as const) : []),
    ...(statements?.length ? ([[KEY.statements, signedItems(statements)]] as const) : []),
    ...(isWelcomed ? ([[KEY.welcomed, 1]] as const) : []),
  ]);
}

function topicIn(item: Cbor): TopicKeys | undefined {
  const map = asMap(item);
  const statement = asBytes(map?.get(KEY.statement));
  if (!map || hasCriticalKey(map) || !statement) return undefined;
  const whole = map.has(KEY.whole) ? wholeEpochsIn(map.get(KEY.whole)) : [];
  const control = map.has(KEY.control) ? controlEpochsIn(map.get(KEY.control)) : [];
  const statements = map.has(KEY.statements) ? signedIn(map.get(KEY.statements)) : [];
  if (!whole || !control || !statements || ![...whole, ...control].every(epochFits)) return undefined;
  const had = { statement: Buffer.from(statement), epochs: mergedEpochs(whole, control) };
  const keys = map.get(KEY.welcomed) === 1 ? { ...had, isWelcomed: true } : had;
  return statements.length > 0 ? { ...keys, statements } : keys;
}

const KEY = { statement: 1, whole: 2, control: 3, statements: 5, welcomed: 6 } as const;
