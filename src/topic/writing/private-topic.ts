// Beginning private topics, and saying who takes part in them (spec/private.md, "Topic", "Statements").
import { SatchelError } from '../../format/error.js';
import type { PersonId, TopicId } from '../../format/ids.js';
import { OWNERS_MAX, SHARED_EPOCHS_MAX } from '../../format/limits.js';
import {
  type CreateStatement,
  decodeCreateStatement,
  encodeCreateStatement,
  type TopicPolicy,
} from '../../format/private/create-statement.js';
import type { SetBody } from '../../format/private/statement-body.js';
import type { Repository } from '../../repository/repository.js';
import { cutOfPerson } from '../members/cuts.js';
import { epochsIn } from '../members/entitled.js';
import { knowsRemovals } from '../members/keys-known.js';
import { participants } from '../members/resolve.js';
import type { Share } from '../members/sharing.js';
import { ROLE } from '../members/statement.js';
import { directTopic, isDirect } from '../private/direct.js';
import { assertRead, heldLogs } from '../private/held-logs.js';
import { heldThen } from '../private/held-then.js';
import { controlDraft } from '../private/log-sealing.js';
import { waitingForKey, whyNotWriting } from '../private/may-write.js';
import { wrappable } from '../private/new-epoch.js';
import { newStatement } from '../private/statement-drafts.js';
import { forgetView, type TopicView, viewTopic } from '../private/topic-view.js';
import type { Author } from './author-type.js';
import { postLocked } from './post.js';
import { type KeysShared, openSharing, type Sharing, share } from './share-keys.js';
import { keep, openedKeyring } from './veil.js';

/** A topic that can be written in from now on. */
export interface Begun {
  readonly topic: TopicId;
  readonly policy: TopicPolicy;
}

/**
 * The direct topic of the author and these people, begun if there is none: a later one where somebody left the one before. Only
 * under the repository's lock.
 * @throws SatchelError `not-allowed` where somebody else takes part, `usage` for too many people
 */
export async function openDirect(repository: Repository, author: Author, people: readonly PersonId[]): Promise<Begun> {
  const owners = [...new Set([author.self.person, ...people])];
  if (owners.length > OWNERS_MAX) {
    throw new SatchelError(
      'usage',
      `${owners.length - 1} people, a private conversation has at most ${OWNERS_MAX - 1}`,
      {
        hint: 'make a topic with "satchel topic create LABEL --with"',
      },
    );
  }
  for (let counter = 0; ; counter++) {
    const create = directTopic(owners, counter);
    const keyring = await openedKeyring(repository, author);
    const view = keyring.create(create.topic) && viewTopic(repository, create.topic);
    if (!view) return begin(repository, author, create);
    const { resolution, topic, policy } = view;
    if (owners.some((owner) => resolution.role(owner) !== ROLE.owner)) continue;
    if (participants(resolution).length === owners.length) return { topic, policy };
    throw new SatchelError('not-allowed', 'somebody was added to that conversation', {
      hint: `to write there all the same, name it: "satchel post -t ${topic.slice(0, 10)}"`,
    });
  }
}

/** A new topic that the author alone owns. Only under the repository's lock. */
export function openNewTopic(repository: Repository, author: Author, label: string): Promise<Begun> {
  const nonce = repository.world.random(NONCE_BYTES);
  const bytes = encodeCreateStatement({ nonce, owners: [author.self.person], label });
  return begin(repository, author, decodeCreateStatement(bytes));
}

async function begin(
  repository: Repository,
  author: Author,
  { bytes, topic, policy }: CreateStatement,
): Promise<Begun> {
  if (!policy) throw new Error('a topic begun by rules that are not known');
  await keep(repository, author, await openedKeyring(repository, author), { statement: bytes, epochs: [] });
  return { topic, policy };
}

/** Somebody's role from now on. */
export type RoleChange = Omit<SetBody, 'kind'>;

/**
 * States who has which role, in one commit. Only under the repository's lock.
 * @throws SatchelError `not-allowed` for who does not own the topic, `waiting-for-key`, and as `post`
 */
export async function setRoles(
  repository: Repository,
  author: Author,
  topic: TopicId,
  changes: (view: TopicView) => readonly RoleChange[],
): Promise<Author> {
  const begun = await withEpoch(repository, author, topic);
  const view = viewTopic(repository, topic);
  if (!view) throw waitingForKey();
  const bodies = changes(view).map((change): SetBody => ({ kind: 'set', ...change }));
  const isOwn = bodies.every(({ person }) => person === author.self.person);
  if (!isOwn && view.resolution.role(author.self.person) !== ROLE.owner) throw notOwner();
  if (bodies.length === 0) return begun;
  const now = repository.world.now();
  const made = bodies.map((body) => newStatement(view, begun, body, now));
  // what was taken into the view counts only once it is written
  forgetView(repository, topic);
  const drafts = made.flatMap(({ statement, before }) =>
    [...before, [statement]].map((statements) => controlDraft({ statements })),
  );
  return (await postLocked(repository, begun, { topic, label: view.policy.label }, drafts)).author;
}

/**
 * Adds people who are not in it, and writes each of these a letter, anew to who was invited before. Only under the repository's
 * lock.
 * @throws SatchelError as {@link setRoles}, `usage` in a direct topic, `bad-card` for who nothing can be sealed to
 */
export async function invitePeople(
  repository: Repository,
  author: Author,
  topic: TopicId,
  people: readonly Invitee[],
): Promise<KeysShared> {
  const added = await setRoles(repository, author, topic, (view) => {
    const missing = people.filter(({ person }) => view.resolution.role(person) < ROLE.member);
    // who lost its keys gets them again
    if (isDirect(view.create) && missing.length > 0) throw fixedPeople();
    return missing.map(({ person, card }) => ({ person, role: ROLE.member, card, cut: [] }));
  });
  const sharing = await openSharing(repository, added, topic);
  return sharing
    ? share(
        sharing,
        people.flatMap(({ person }) => sharesFor(sharing, person)),
      )
    : { author: added, letters: [] };
}

/** Somebody who is to be added, and its card. */
export interface Invitee {
  readonly person: PersonId;
  readonly card: Buffer;
}

/** By letter all epochs whose keys are here, but for those whose makers may have known of more devices that the person removed. */
function sharesFor({ view, around, keyring }: Sharing, person: PersonId): Share[] {
  const had = epochsIn(view.resolution).filter(
    ({ says }) => keyring.epoch(view.topic, says.epoch)?.data && knowsRemovals(around.known, says, person),
  );
  const epochs = had.slice(-SHARED_EPOCHS_MAX).map(({ says }) => says.epoch);
  const devices = wrappable(around, person);
  if (devices.length === 0) throw new SatchelError('bad-card', 'nothing can be sealed to the key on the card');
  return devices.map(({ device }) => ({ device, person, epochs, isControlAlone: false, isLetter: true }));
}

/** Who is taken out; of its logs counts what was held at commit `commit`, by default what is. */
export interface Removed {
  readonly person: PersonId;
  readonly commit?: number | undefined;
}

/**
 * Takes somebody out, with all that it writes from now on, and renews the keys; or leaves. Only under the repository's lock.
 * @throws SatchelError as {@link setRoles}
 */
export async function removePerson(
  repository: Repository,
  author: Author,
  topic: TopicId,
  { person, commit }: Removed,
): Promise<Author> {
  const after = await setRoles(repository, author, topic, (view) => {
    if (isDirect(view.create) && person !== author.self.person) throw fixedPeople();
    const then = commit === undefined ? undefined : heldThen(repository, commit);
    const cut = cutOfPerson(view.resolution, heldLogs(repository, view), {
      person,
      lengthThen: (log) => then?.lengthOf(log) ?? Number.POSITIVE_INFINITY,
    });
    assertRead(repository, topic);
    return [{ person, role: ROLE.none, cut }];
  });
  return person === author.self.person ? after : renewKeys(repository, after, topic);
}

/** Has everything be sealed under new keys from now on. Only under the repository's lock. @throws SatchelError as `post` */
export async function renewKeys(repository: Repository, author: Author, topic: TopicId): Promise<Author> {
  const begun = await withEpoch(repository, author, topic);
  const label = viewTopic(repository, topic)?.policy.label ?? '';
  return (await postLocked(repository, begun, { topic, label }, [], { isRenewing: true })).author;
}

function fixedPeople(): SatchelError {
  return new SatchelError('usage', 'a conversation between people has these people and no others', {
    hint: 'make a topic with "satchel topic create LABEL --with CONTACT"',
  });
}

/** The author, once the topic has an epoch. */
async function withEpoch(repository: Repository, author: Author, topic: TopicId): Promise<Author> {
  await openedKeyring(repository, author);
  const view = viewTopic(repository, topic);
  const refusal = view ? whyNotWriting(view, author.self.person) : waitingForKey();
  if (refusal) throw refusal;
  if (!view || epochsIn(view.resolution).length > 0) return author;
  return (await postLocked(repository, author, { topic, label: view.policy.label }, [])).author;
}

function notOwner(): SatchelError {
  return new SatchelError('not-allowed', 'only an owner of the topic says who is in it', {
    hint: 'ask one of its owners: "satchel topic members" names them',
  });
}

const NONCE_BYTES = 16;
