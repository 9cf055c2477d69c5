// A private topic as its logs and the keys that are here show it: which statements are held, whose logs there are, and how far each
// of them counts (spec/private.md, "Intake", "Ends of logs").
import { SatchelError } from '../../format/error.js';
import type { EntryId, EpochId, LogId, StatementId, TopicId } from '../../format/ids.js';
import type { CreateStatement, TopicPolicy } from '../../format/private/create-statement.js';
import type { EpochKeys } from '../../format/private/epoch.js';
import type { Signed } from '../../format/private/signed.js';
import { decodeStatement, statementId } from '../../format/private/statement.js';
import { type Card, decodeCard } from '../../identity/card.js';
import type { DeviceList } from '../../identity/device-list.js';
import { readSelf } from '../../identity/self.js';
import type { LogSummary } from '../../repository/index/summary.js';
import { placementOf } from '../../repository/placement.js';
import type { Repository } from '../../repository/repository.js';
import { HeldStatements } from '../members/held.js';
import { logEnd, type TopicLog } from '../members/log-end.js';
import type { Resolution } from '../members/resolve.js';
import type { SignedStatement } from '../members/signed-statement.js';
import { keyringOf } from '../message/interpret.js';
import { LiveKeyring } from '../message/keyring.js';
import { controlEntriesIn, type PlacedControl } from './control-entries.js';
import { followLinks } from './linked-keys.js';
import { epochsKnownIn } from './log-epochs.js';
import { SignedReading } from './signed-reading.js';
import { claimsIn, needsIn, type PlacedClaim, type PlacedNeed } from './told.js';

/** A log of the topic whose introduction was opened. */
export interface ViewedLog extends TopicLog {
  readonly summary: LogSummary;
  readonly card: Card;
  /** The epochs that it uses, by their numbers in it, as far as they are known. */
  readonly epochs: ReadonlyMap<number, EpochId>;
}

/** The topic as far as it is known here. */
export interface TopicView {
  readonly topic: TopicId;
  readonly create: CreateStatement;
  readonly policy: TopicPolicy;
  readonly held: HeldStatements;
  readonly resolution: Resolution;
  readonly signed: ReadonlyMap<StatementId, SignedStatement>;
  /** The commit that first brought a statement; 0 where a letter did. */
  readonly arrivals: ReadonlyMap<StatementId, number>;
  readonly logs: readonly ViewedLog[];
  readonly controls: readonly PlacedControl[];
  readonly claims: readonly PlacedClaim[];
  /** Epochs whose wraps stand in frozen parts alone. */
  readonly lostWraps: ReadonlySet<EpochId>;
  readonly needs: readonly PlacedNeed[];
  /** All cards that logs and statements of the topic show. */
  readonly cards: readonly Card[];
  readonly lists: readonly DeviceList[];
  /** Another device of our own began it, and this one came by a welcome. */
  readonly isWelcomed: boolean;
  /** Below which length the entries of a log count; undefined while all of it waits; 0 for one that is none of the topic's. */
  endOf(log: LogId): number | undefined;
  /** Whether a log brought the statement, and not a letter alone. */
  isInLog(statement: StatementId): boolean;
}

interface Cached {
  readonly reading: SignedReading;
  /** While this is the same, nothing has come at all ... */
  moment?: string;
  /** ... and while this is, nothing of the topic has. */
  stamp?: string;
  view?: TopicView | undefined;
}

const cache = new WeakMap<Repository, Map<TopicId, Cached>>();

/**
 * The topic by all that is held; undefined where its create statement is not among the keys that are here, or it has rules that a
 * later version knows. Worked out anew only when entries, proofs or keys of this very topic have come. What links alone tell is
 * tried from then on.
 */
export function viewTopic(repository: Repository, topic: TopicId): TopicView | undefined {
  const keyring = keyringOf(repository);
  if (!(keyring instanceof LiveKeyring)) return undefined;
  const cached = cachedIn(repository, topic);
  while (cached.moment !== momentOf(repository, keyring, topic)) {
    cached.moment = momentOf(repository, keyring, topic);
    const stamp = stampOf(repository, keyring, topic);
    if (cached.stamp === stamp) break;
    cached.stamp = stamp;
    cached.view = viewAnew(repository, keyring, topic, cached.reading.again());
    // which shows whose logs there are, and so may show more
    if (cached.view) keyring.tryOut(topic, 'linked', unprovenIn(cached.view, keyring));
  }
  return cached.view;
}

function momentOf({ lastArrival, recordCount, frozen }: Repository, keyring: LiveKeyring, topic: TopicId): string {
  return [keyring.versionOf(topic), lastArrival, recordCount, frozen.size].join();
}

function stampOf(repository: Repository, keyring: LiveKeyring, topic: TopicId): string {
  const states = veiledLogsOf(repository, topic).map((log) => stateOf(repository, log));
  return [keyring.versionOf(topic), ...states].join(';');
}

function viewAnew(
  repository: Repository,
  keyring: LiveKeyring,
  topic: TopicId,
  reading: SignedReading,
): TopicView | undefined {
  const create = keyring.create(topic);
  if (!create?.policy) return undefined;
  const { isWelcomed = false } = keyring.keysOf(topic) ?? {};
  const statements = keyring.statementsOf(topic);
  return makeView(repository, { create, policy: create.policy, statements, isWelcomed }, reading);
}

function unprovenIn({ topic, resolution }: TopicView, keyring: LiveKeyring): readonly EpochKeys[] {
  return followLinks(resolution, (epoch) => keyring.epoch(topic, epoch)).unproven;
}

/** Has the topic worked out anew when it is asked for: what was taken in by its present view may never be written. */
export function forgetView(repository: Repository, topic: TopicId): void {
  const cached = cachedIn(repository, topic);
  delete cached.moment;
  delete cached.stamp;
}

function cachedIn(repository: Repository, topic: TopicId): Cached {
  const views = cache.get(repository) ?? new Map<TopicId, Cached>();
  cache.set(repository, views);
  const cached = views.get(topic) ?? { reading: new SignedReading(topic) };
  views.set(topic, cached);
  return cached;
}

/** What tells whether anything of a log came or was taken back. */
export function stateOf({ frozen }: Repository, { log, end, entries, arrival }: LogSummary): string {
  return [log, end, entries, arrival, frozen.get(log) ?? ''].join();
}

interface Begun {
  readonly create: CreateStatement;
  readonly policy: TopicPolicy;
  /** Those that came with letters. */
  readonly statements: readonly Signed[];
  readonly isWelcomed: boolean;
}

function makeView(
  repository: Repository,
  { create, policy, statements, isWelcomed }: Begun,
  reading: SignedReading,
): TopicView {
  const { topic } = create;
  const controls = veiledLogsOf(repository, topic).flatMap(({ log }) => [...controlEntriesIn(repository, log)]);
  const logs = veiledLogsOf(repository, topic).flatMap((summary) => viewLog(repository, summary) ?? []);
  const deviceOf = new Map(logs.map(({ log, author }) => [log, author.device]));
  const held = new HeldStatements({ owners: policy.owners, own: readSelf(repository.directory).device });
  const signed = new Map<StatementId, SignedStatement>();
  const arrivals = new Map<StatementId, number>();
  const inLogs = new Set<StatementId>();
  const lists: DeviceList[] = [];
  const cards: Card[] = logs.map(({ card }) => card);
  const note = (one: Signed, arrival: number): void => {
    const statement = reading.statement(one);
    if (!statement) return;
    if (!signed.has(statement.id)) {
      signed.set(statement.id, statement);
      cards.push(...cardsIn(statement));
      lists.push(...listsIn(statement, reading));
    }
    if (arrival > BY_LETTER) inLogs.add(statement.id);
    arrivals.set(statement.id, Math.min(arrival, arrivals.get(statement.id) ?? arrival));
  };
  for (const one of statements) note(one, BY_LETTER);
  for (const { body, arrival } of controls) {
    for (const one of body?.statements ?? []) note(one, arrival);
    for (const one of body?.lists ?? []) lists.push(...reading.list(one));
    const card = body?.card && cardIn(body.card);
    if (card) cards.push(card);
  }
  held.take(signed.values());
  const byLog = new Map(logs.map((one) => [one.log, one]));
  const ends = new Map<LogId, number | undefined>();
  const endOf = (log: LogId): number | undefined => {
    const one = byLog.get(log);
    if (!ends.has(log)) ends.set(log, one ? logEnd(held.resolution, one) : 0);
    return ends.get(log);
  };
  return {
    topic,
    create,
    policy,
    held,
    get resolution() {
      return held.resolution;
    },
    signed,
    arrivals,
    logs,
    controls,
    claims: claimsIn(controls, { deviceOf, endOf }),
    lostWraps: lostWrapsIn(controls, signed),
    needs: needsIn(controls, { deviceOf, endOf }),
    cards,
    lists,
    isWelcomed,
    endOf,
    isInLog: (id) => inLogs.has(id),
  };
}

/** Logs that are not veiled are none of a private topic, whatever they call themselves. */
export function veiledLogsOf(repository: Repository, topic: TopicId): readonly LogSummary[] {
  return repository.logsOfTopic(topic).filter(({ veiled }) => veiled);
}

function viewLog(repository: Repository, summary: LogSummary): ViewedLog | undefined {
  const { log, person, device } = summary;
  const placement = placementOf(repository, log);
  const card = placement && cardIn(placement.card);
  if (!person || !device || !card) return undefined;
  return {
    log,
    summary,
    card,
    author: { person, device, generation: card.binding.generation },
    heads: placement.heads ?? [],
    epochs: epochsKnownIn(repository, log),
    // where it contradicts itself the others may hold the other one
    idAt: (length): EntryId | undefined =>
      length > soundLength(repository, log) ? undefined : repository.entry(log, length - 1)?.id,
  };
}

/** Entries of a log before it is known to contradict itself; Infinity for one that does not. */
export function soundLength(repository: Repository, log: LogId): number {
  return repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
}

/** An epoch's wrap stands beside its statement, which others may repeat alone. */
function lostWrapsIn(
  controls: readonly PlacedControl[],
  signed: ReadonlyMap<StatementId, SignedStatement>,
): ReadonlySet<EpochId> {
  const epochsBeside = ({ body, wrap }: PlacedControl): EpochId[] =>
    (wrap === undefined ? [] : (body?.statements ?? [])).flatMap(({ bytes }) => {
      const said = signed.get(statementId(bytes))?.says;
      return said?.kind === 'epoch' ? [said.epoch] : [];
    });
  const sound = new Set(controls.filter(({ frozen }) => !frozen).flatMap(epochsBeside));
  const lost = controls.filter(({ frozen }) => frozen).flatMap(epochsBeside);
  return new Set(lost.filter((epoch) => !sound.has(epoch)));
}

function cardsIn({ card, bytes }: SignedStatement): Card[] {
  const body = decodeStatement(bytes)?.body;
  const added = body?.kind === 'set' && body.card ? cardIn(body.card) : undefined;
  return added ? [card, added] : [card];
}

function listsIn({ bytes }: SignedStatement, reading: SignedReading): readonly DeviceList[] {
  const body = decodeStatement(bytes)?.body;
  return body?.kind === 'devices' ? reading.list({ bytes: body.list, signature: body.signature }) : [];
}

/** In the place of a commit's number. */
const BY_LETTER = 0;

function cardIn(bytes: Buffer): Card | undefined {
  try {
    return decodeCard(bytes);
  } catch (cause) {
    if (cause instanceof SatchelError) return undefined;
    throw cause;
  }
}
