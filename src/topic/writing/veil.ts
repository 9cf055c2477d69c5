// Writing in a private topic: who may, under which epoch, and in which of the own logs (spec/private.md, "Usable epochs", "Ends of
// logs"). What cannot be sealed is not written.
import { SatchelError } from '../../format/error.js';
import type { EpochId, LogId, TopicId } from '../../format/ids.js';
import { type IntroductionFields, introductionItem } from '../../format/log/introduction.js';
import type { EpochKeys } from '../../format/private/epoch.js';
import type { Repository } from '../../repository/repository.js';
import { planCiting } from '../members/citing.js';
import type { PlacedEpoch } from '../members/entitled.js';
import { ROLE } from '../members/statement.js';
import { controlEpoch, type UsableView, usableEpoch, whyUnusable } from '../members/usable.js';
import { keyringOf } from '../message/interpret.js';
import { LiveKeyring } from '../message/keyring.js';
import { decidedIn, knownAround } from '../private/keys-known.js';
import { epochsOfLog } from '../private/log-epochs.js';
import { type controlDraft, LogSealing, type SealedDraft } from '../private/log-sealing.js';
import { waitingForKey } from '../private/may-write.js';
import { whyNotWritingHere } from '../private/may-write-here.js';
import { makeEpoch } from '../private/new-epoch.js';
import { isPrivateTopic } from '../private/private-topics.js';
import { forgetView, type TopicView, viewTopic } from '../private/topic-view.js';
import type { Author } from './author-type.js';
import { noteForced, spentIn } from './forced-renewals.js';

/** How a private topic is written in. */
export interface Veil {
  readonly view: TopicView;
  /** What has to be written first: a new epoch. */
  readonly first: readonly ReturnType<typeof controlDraft>[];
  /** Whether an own log counts without end, so that it may go on. */
  isWritable(log: LogId): boolean;
  /** Seals what is written into an own log. */
  sealing(log: LogId): LogSealing;
  /** The payload of entry 0 of a new log. */
  introduction(sealing: LogSealing, log: LogId, fields: Omit<IntroductionFields, 'topic' | 'label'>): Buffer;
}

/** In what manner something is written in a private topic. */
export interface VeilManner {
  /** Under a new epoch, needed or not. */
  readonly isRenewing?: boolean;
  /** It states something that has to be said also without a role. */
  readonly isStating?: boolean;
}

/**
 * How these drafts are sealed, under a new epoch if one is needed, or asked for; undefined in a topic that is not private. Keys of an epoch that is made for them are durable when it
 * returns. Only under the repository's lock.
 * @throws SatchelError `waiting-for-key`, `not-allowed`, `newer-version`, `over-limit`
 */
export async function openVeil(
  repository: Repository,
  author: Author,
  topic: TopicId,
  drafts: readonly SealedDraft[],
  { isRenewing = false, isStating = false }: VeilManner = {},
): Promise<Veil | undefined> {
  if (!isPrivateTopic(repository, topic)) return undefined;
  const keyring = await openedKeyring(repository, author);
  const view = viewOf(repository, keyring, topic);
  const around = knownAround(decidedIn(repository, author.self), view, keyring);
  const refusal = isStating ? undefined : whyNotWritingHere(repository, author.self, view, around);
  if (refusal) throw refusal;
  const { known, personOf } = around;
  const usable: UsableView = { resolution: view.resolution, known, personOf, spent: spentIn(repository, topic) };
  const before = controlEpoch(usable);
  const isSaid = drafts.some(({ type, control }) => !control && type !== 'ack' && type !== 'retract');
  const data = isSaid ? usableEpoch(usable) : undefined;
  const forcedBy = isSaid && !data && before ? whyUnusable(usable, before)?.person : undefined;
  const isNew = isRenewing || before === undefined || (isSaid && data === undefined);
  const heads = headsOf(view, author);
  const { world } = repository;
  const making = {
    view,
    around,
    keyring,
    author,
    before,
    now: world.now(),
    random: (size: number) => world.random(size),
  };
  // what is taken into the view counts only once it is written, which may fail
  if (isNew) forgetView(repository, topic);
  const made = isNew ? await makeEpoch(making) : undefined;
  if (made) {
    await keep(repository, author, keyring, { statement: view.create.bytes, epochs: [made.keys] });
    if (forcedBy && !isRenewing) noteForced(repository, topic, forcedBy);
  }
  const keysOf = (epoch: EpochId): EpochKeys | undefined => keyring.epoch(topic, epoch);
  const under = (epoch: PlacedEpoch | undefined): EpochKeys | undefined => epoch && keysOf(epoch.says.epoch);
  const begun = under(before) ?? made?.keys;
  if (!begun) throw waitingForKey();
  const epochs = { control: made?.keys ?? begun, data: made?.keys ?? under(data), keysOf };
  // without a role the old log goes on, for statements
  const isOut = view.resolution.role(author.self.person) < ROLE.member;
  const isWritable = (log: LogId): boolean => isOut || view.endOf(log) === Number.POSITIVE_INFINITY;
  return {
    view,
    first: made?.drafts ?? [],
    isWritable,
    sealing: (log) => new LogSealing(log, epochsOfLog(repository, log), epochs, (size) => world.random(size)),
    introduction: (sealing, log, fields) => {
      const item = introductionItem(log, { ...fields, topic, label: view.policy.label, heads }, author.secrets.device);
      return sealing.introduction(item, begun);
    },
  };
}

/** The keys of private topics, opened with those of the author. */
export async function openedKeyring(repository: Repository, author: Author): Promise<LiveKeyring> {
  const keyring = keyringOf(repository);
  if (!(keyring instanceof LiveKeyring)) throw new Error('a repository that was opened without a keyring');
  if (keyring.isLocked && author.topicKeys) {
    keyring.take(await author.topicKeys.read());
    keyring.isLocked = false;
  }
  return keyring;
}

/** Keeps keys of a topic, durably, and opens with them from now on. */
export async function keep(
  { world }: Repository,
  { topicKeys }: Author,
  keyring: LiveKeyring,
  keys: Parameters<LiveKeyring['take']>[0][number],
): Promise<void> {
  if (!topicKeys) throw new Error('an author who cannot keep keys of topics');
  await topicKeys.keep([keys], (size) => world.random(size));
  keyring.take([keys]);
}

function viewOf(repository: Repository, keyring: LiveKeyring, topic: TopicId): TopicView {
  const view = viewTopic(repository, topic);
  if (view) return view;
  if (keyring.create(topic)) {
    throw new SatchelError('newer-version', 'the topic needs a newer version of satchel', {
      hint: 'update satchel to post in it',
    });
  }
  throw waitingForKey();
}

/** What a new log is begun with: all that its author holds, or as much of it as finds room. */
function headsOf({ held }: TopicView, { self }: Author) {
  const plan = planCiting(held.resolution, held.graph.heads(), self.person);
  return plan.merges[0] ?? plan.prev;
}
