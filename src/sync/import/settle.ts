// After an import, with keys at hand: letters are opened, keys taken in, and veiled logs placed with them, until nothing more comes of
// it (spec/epochs.md, "Letters"; spec/veiled.md, "Placing").
import type { TopicId } from '../../format/ids.js';
import type { CreateStatement } from '../../format/private/create-statement.js';
import { verifyCard } from '../../identity/card.js';
import { type FileKeys, fileKeysOf } from '../../identity/file-keys.js';
import type { Keyring } from '../../identity/keyring.js';
import type { Letter } from '../../identity/letter.js';
import { decidedRelation } from '../../identity/relations.js';
import { readTopicKeys } from '../../identity/topic-keys.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import { ROLE } from '../../topic/members/statement.js';
import { keyringOf } from '../../topic/message/interpret.js';
import { LiveKeyring } from '../../topic/message/keyring.js';
import { placeLogs } from '../../topic/placing.js';
import { directLabel, isDirect } from '../../topic/private/direct.js';
import { renameDirect } from '../../topic/private/direct-labels.js';
import { outOf } from '../../topic/private/standing.js';
import { viewTopic } from '../../topic/private/topic-view.js';
import { newTopic, readTopics, type Topic, topicOfId, withTopic, writeTopics } from '../../topic/topics.js';
import { rememberCards } from '../known/acquaintances.js';
import { isLeft, type Session } from '../session.js';
import { KeysLearning, keepLetter } from './learn-keys.js';
import { lettersHere } from './letters.js';
import { type Invitation, NOTHING_SETTLED, type Removal, type Settled } from './settled.js';

/** What is to be regarded. */
interface Circumstances {
  /** A topic that is about to be joined. */
  readonly joining?: TopicId;
  /** What came after this commit in placed logs was counted when it came. */
  readonly since?: number | undefined;
}

/**
 * Takes in whatever the keys here open, in joined topics and in one that is about to be.
 * @throws SatchelError `locked`, `wrong-passphrase`, `busy`, `io`, `no-space`
 */
export async function settlePrivate(
  session: Session,
  keyring: Keyring,
  { joining, since = session.repository.lastArrival }: Circumstances = {},
): Promise<Settled> {
  const live = keyringOf(session.repository);
  if (!(live instanceof LiveKeyring)) return NOTHING_SETTLED;
  return session.repository.lockedAsync(async () => {
    if (live.isLocked) {
      live.take((await readTopicKeys(keyring)).topics);
      live.isLocked = false;
    }
    return new Settling(session, keyring, { live, joining, since }).run();
  });
}

class Settling {
  readonly #session: Session;
  readonly #keyring: Keyring;
  readonly #live: LiveKeyring;
  readonly #joining: TopicId | undefined;
  readonly #keys: FileKeys;
  readonly #invitations: Invitation[] = [];
  readonly #removals: Removal[] = [];
  readonly #begun: Topic[] = [];
  readonly #wasCounted: (run: RunRecord) => boolean;
  #messages = 0;

  constructor(
    session: Session,
    keyring: Keyring,
    {
      live,
      joining,
      since,
    }: { readonly live: LiveKeyring; readonly joining: TopicId | undefined; readonly since: number },
  ) {
    this.#session = session;
    this.#keyring = keyring;
    this.#live = live;
    this.#joining = joining;
    // what nobody could place counted as nothing
    const unplaced = new Set([...session.repository.unplacedLogs()].map(({ log }) => log));
    this.#wasCounted = ({ log, arrival }) => arrival > since && !unplaced.has(log);
    this.#keys = fileKeysOf(keyring, () => session.repository.world.now());
  }

  async run(): Promise<Settled> {
    const letters = await lettersHere(this.#session, this.#keys);
    for (const { letter, create } of letters) await this.#take(letter, create);
    this.#place();
    for (const { letter, create } of letters) this.#inviteAgain(letter, create);
    const learning = new KeysLearning(this.#session, this.#keyring, this.#live, this.#keys);
    for (let isNews = true; isNews; ) {
      isNews = false;
      for (const topic of this.#topics()) isNews = (await learning.learn(topic)) || isNews;
      if (isNews) this.#place();
    }
    this.#rememberMembers();
    this.#noteRemovals();
    renameDirect(this.#session.repository, this.#session);
    return {
      messages: this.#messages,
      invitations: this.#invitations,
      removals: this.#removals,
      begun: this.#begun,
    };
  }

  #topics(): readonly TopicId[] {
    const joined = joinedPrivate(this.#session);
    return this.#joining === undefined ? joined : [...new Set([...joined, this.#joining])];
  }

  /** Who took us out, or that we were added again: it is told once, and known while keys are locked. */
  #noteRemovals(): void {
    const { repository, self } = this.#session;
    const before = readTopics(repository.directory);
    let after = before;
    for (const { topic, label, removedBy, ...rest } of before.topics.filter(isJoinedPrivate)) {
      const view = viewTopic(repository, topic);
      if (!view) continue;
      const out = outOf(view, self.person);
      const by = out?.state === 'removed' ? out.by : undefined;
      if (by === removedBy) continue;
      after = withTopic(after, { topic, label, ...rest, removedBy: by });
      if (by !== undefined) this.#removals.push({ topic, label, by });
    }
    if (after !== before) writeTopics(repository.directory, after);
  }

  /** Their cards, so that they can be made contacts. */
  #rememberMembers(): void {
    const { repository } = this.#session;
    const views = this.#topics().flatMap((topic) => viewTopic(repository, topic) ?? []);
    const cards = views.flatMap((view) => view.cards.filter(({ person }) => view.resolution.persons.has(person)));
    rememberCards(
      repository,
      cards.filter((card) => decidedRelation(this.#session, card.person) === undefined && verifyCard(card)),
    );
  }

  #place(): void {
    this.#messages += placeLogs(this.#session.repository, { wasCounted: this.#wasCounted }).messages;
  }

  /** A letter for a topic that we are in, or a direct one, is taken in at once; any other is an invitation. */
  async #take(letter: Letter, create: CreateStatement): Promise<void> {
    const { repository, self, contacts } = this.#session;
    const { topic, policy } = create;
    const by = letter.card.person;
    const topics = readTopics(repository.directory);
    const known = topicOfId(topics, topic);
    if (known?.joined || (known && isLeft(known))) await keepLetter(this.#session, this.#keyring, letter);
    if (known || !policy) return;
    const isAccepted = isDirect(create) && policy.owners.includes(self.person) && policy.owners.includes(by);
    const label = isDirect(create) ? directLabel(policy, { self, contacts }) : policy.label;
    const made = { ...newTopic(topic, label, 'private'), ...(isAccepted ? { joined: true } : { invitedBy: by }) };
    if (isAccepted) await keepLetter(this.#session, this.#keyring, letter);
    const after = withTopic(topics, made);
    writeTopics(repository.directory, { ...after, current: after.current ?? (isAccepted ? topic : undefined) });
    if (isAccepted) this.#begun.push(made);
    else this.#invitations.push({ topic, label, by });
  }

  /** Into a topic that we left; an older letter than that changes nothing. */
  #inviteAgain(letter: Letter, { topic }: CreateStatement): void {
    const { repository, self } = this.#session;
    const topics = readTopics(repository.directory);
    const known = topicOfId(topics, topic);
    const view = known && isLeft(known) ? viewTopic(repository, topic) : undefined;
    if (!known || !view || view.resolution.role(self.person) < ROLE.member) return;
    const by = letter.card.person;
    writeTopics(repository.directory, withTopic(topics, { ...known, invitedBy: by }));
    this.#invitations.push({ topic, label: known.label, by });
  }
}

function joinedPrivate({ repository }: Session): readonly TopicId[] {
  const { topics } = readTopics(repository.directory);
  return topics.filter(isJoinedPrivate).map(({ topic }) => topic);
}

function isJoinedPrivate({ kind, joined }: Topic): boolean {
  return kind === 'private' && joined;
}
