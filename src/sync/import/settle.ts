// After an import, with keys at hand: letters are opened, keys taken in, and veiled logs placed with them, until nothing more comes of
// it (spec/epochs.md, "Letters"; spec/veiled.md, "Placing").
import type { TopicId } from '../../format/ids.js';
import { verifyCard } from '../../identity/card.js';
import { type FileKeys, fileKeysOf } from '../../identity/file-keys.js';
import type { Keyring } from '../../identity/keyring.js';
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
import { KeysLearning, keepKeys } from './learn-keys.js';
import { lettersHere, type ReadLetter } from './letters.js';
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
    const taken: ReadLetter[] = [];
    for (const read of letters) if (await this.#take(read)) taken.push(read);
    this.#place();
    await this.#learn(taken);
    for (const read of letters) this.#inviteAgain(read);
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

  /** Keys of topics that we are in, or are asked back into, and logs by them, until nothing more comes of it. */
  async #learn(letters: readonly ReadLetter[]): Promise<void> {
    const topics = new Set([...this.#topics(), ...letters.map(({ create }) => create.topic)]);
    const learning = new KeysLearning(this.#session, this.#keyring, this.#live, { keys: this.#keys, letters });
    const versions = (): string => [...topics].map((topic) => this.#live.versionOf(topic)).join();
    for (let placed = versions(); ; placed = versions()) {
      for (const topic of topics) await learning.learn(topic);
      if (versions() === placed) return;
      this.#place();
    }
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

  /** Whether a letter is taken in: one for a topic that we are in or left, or a direct one. Any other is an invitation. */
  async #take({ letter, create }: ReadLetter): Promise<boolean> {
    const { repository, self, contacts } = this.#session;
    const { topic, policy } = create;
    const by = letter.card.person;
    const topics = readTopics(repository.directory);
    const known = topicOfId(topics, topic);
    const isAccepted =
      policy !== undefined && isDirect(create) && [self.person, by].every((one) => policy.owners.includes(one));
    const isTaken = known ? known.joined || isLeft(known) : isAccepted;
    if (isTaken && !this.#live.create(topic)) {
      await keepKeys(this.#session, this.#keyring, { statement: create.bytes, epochs: [] });
    }
    if (known || !policy) return isTaken;
    const label = isDirect(create) ? directLabel(policy, { self, contacts }) : policy.label;
    const made = { ...newTopic(topic, label, 'private'), ...(isAccepted ? { joined: true } : { invitedBy: by }) };
    const after = withTopic(topics, made);
    writeTopics(repository.directory, { ...after, current: after.current ?? (isAccepted ? topic : undefined) });
    if (isAccepted) this.#begun.push(made);
    else this.#invitations.push({ topic, label, by });
    return isTaken;
  }

  /** Into a topic that we left; an older letter than that changes nothing. */
  #inviteAgain({ letter, create: { topic } }: ReadLetter): void {
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
