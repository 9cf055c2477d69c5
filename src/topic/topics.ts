// The topics this repository knows, and which one is current (spec/repository.md, "refs/topics.json" and "HEAD").
import { SatchelError } from '../format/error.js';
import { type PersonId, shortId, type TopicId } from '../format/ids.js';
import { type Layout, layoutOf } from '../repository/layout.js';
import { damagedState, readState, type Stored, writeState } from '../repository/state.js';
import { nearLabel } from './near-label.js';
import { isLabel, normalLabel, rendezvousTopic } from './rendezvous.js';

/** How we came to know the topic: by its name, by creating it, from a contact's log, or because we are in its id or invited. */
export type TopicKind = 'rendezvous' | 'created' | 'seen' | 'private';
/** Whether to acknowledge: automatically unless there are many logs, always, or never. */
export type Receipts = 'auto' | 'on' | 'off';

/** A topic with what the user decided about it. */
export interface Topic {
  readonly topic: TopicId;
  readonly label: string;
  readonly kind: TopicKind;
  readonly joined: boolean;
  readonly muted: boolean;
  readonly receipts: Receipts;
  /** Whether everybody's logs are taken along although the topic is not joined. */
  readonly carry: boolean;
  /** Who invited us into a private topic that is not joined. */
  readonly invitedBy?: PersonId | undefined;
  /** Who took us out of a private topic that is joined, as far as was known when keys were at hand. */
  readonly removedBy?: PersonId | undefined;
  /** It is known by introductions alone that need a newer version: nobody joins it, or posts in it, by those. */
  readonly newer?: true;
}

/** Every known topic. */
export interface Topics {
  readonly current: TopicId | undefined;
  readonly topics: readonly Topic[];
  /** Whether logs of topics that are not kept are taken along too, within the quota. */
  readonly carryAll: boolean;
}

/** Shortest part of an id that stands for a topic. */
const PREFIX_MIN = 6;

/**
 * The known topics of the repository in `dir`; none in a new one.
 * @throws SatchelError `damaged` when the files are malformed
 */
export function readTopics(dir: string): Topics {
  const layout = layoutOf(dir);
  const { topics = [], carryAll = false } = readState(layout, 'topics') ?? ({} as Partial<Stored<'topics'>>);
  const nameless = topics.find(({ label }) => !isLabel(label));
  if (nameless) throw damagedState(layout, 'topics', `has no label in topic ${shortId(nameless.topic)}`);
  return { current: readHead(layout), topics, carryAll };
}

/** Writes the topics, and which one is current; each file atomically and durably. */
export function writeTopics(dir: string, topics: Topics): void {
  // the current topic is one that is joined, also between the two
  const layout = layoutOf(dir);
  const writeHead = (): void => writeState(layout, 'head', topics.current ? `${topics.current}\n` : '');
  const current = readHead(layout);
  const isLeft = current !== undefined && !topicOfId(topics, current)?.joined;
  if (isLeft) writeHead();
  writeState(layout, 'topics', { topics: topics.topics, carryAll: topics.carryAll });
  if (!isLeft) writeHead();
}

/** A topic nobody decided anything about yet. */
export function newTopic(topic: TopicId, label: string, kind: TopicKind): Topic {
  return { topic, label, kind, joined: false, muted: false, receipts: 'auto', carry: false };
}

/** The topics with this one added, or put in the place of its former state. */
export function withTopic(topics: Topics, topic: Topic): Topics {
  const known = topics.topics.some((other) => other.topic === topic.topic);
  const list = known
    ? topics.topics.map((other) => (other.topic === topic.topic ? topic : other))
    : [...topics.topics, topic];
  return { ...topics, topics: list };
}

/** The topic with this id, if it is known. */
export function topicOfId(topics: Topics, id: TopicId | undefined): Topic | undefined {
  return topics.topics.find((topic) => topic.topic === id);
}

/**
 * The known topic meant by a label or the beginning of an id; a joined one before the others.
 * @throws SatchelError `not-found`, `ambiguous`
 */
export function findTopic(topics: Topics, name: string): Topic {
  const found = findKnown(topics, name, () => true);
  if (found) return found;
  const near = nearLabel(name, topics.topics);
  throw new SatchelError('not-found', `no topic is called "${name}"`, {
    hint:
      near === undefined
        ? 'see "satchel topic list", or join one by its name with "satchel topic join NAME"'
        : `did you mean "${near}"? "satchel topic list" shows all`,
  });
}

/**
 * The topic that `post -t NAME` means: the joined one of that label, else the one seen from contacts, else the
 * rendezvous of that name, which need not be known before.
 * @throws SatchelError `ambiguous`, `newer-version`, or `usage` when the name can't be a label
 */
export function resolveTopic(topics: Topics, name: string): Topic {
  // A rendezvous that was left is found by its id below, so that a topic of the same name seen since comes first.
  const found = findKnown(topics, name, (topic) => topic.kind !== 'rendezvous');
  if (found?.newer) throw needsNewer(found);
  if (found) return found;
  const label = normalLabel(name);
  const id = rendezvousTopic(label);
  const known = topicOfId(topics, id);
  // who knows the name joins by that, whatever else was said of the topic
  return known && !known.newer ? known : newTopic(id, label, 'rendezvous');
}

function needsNewer({ label }: Topic): SatchelError {
  return new SatchelError('newer-version', `the topic "${label}" needs a newer version of satchel`, {
    hint: 'update satchel to join it',
  });
}

function findKnown(topics: Topics, name: string, isWanted: (unjoined: Topic) => boolean): Topic | undefined {
  const exact = topics.topics.filter((topic) => topic.label === name);
  const normal = normalLabel(name);
  const labelled = exact.length > 0 ? exact : topics.topics.filter(({ label }) => normalLabel(label) === normal);
  const joined = labelled.filter((topic) => topic.joined);
  const others = labelled.filter((topic) => !topic.joined && isWanted(topic));
  return onlyOne(joined, name) ?? onlyOne(others, name) ?? onlyOne(withPrefix(topics, name), name);
}

function withPrefix(topics: Topics, prefix: string): readonly Topic[] {
  if (prefix.length < PREFIX_MIN || !/^[0-9a-f]+$/.test(prefix)) return [];
  return topics.topics.filter((topic) => topic.topic.startsWith(prefix));
}

function onlyOne(found: readonly Topic[], name: string): Topic | undefined {
  if (found.length <= 1) return found[0];
  throw new SatchelError('ambiguous', `"${name}" could be ${found.length} topics`, {
    hint: `use an id instead: ${found.map(({ topic }) => shortId(topic)).join(' or ')}`,
  });
}

function readHead(layout: Layout): TopicId | undefined {
  return (readState(layout, 'head')?.trim() || undefined) as TopicId | undefined;
}
