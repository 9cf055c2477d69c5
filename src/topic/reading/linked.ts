// What edits and reactions make of a message: its newest text, and who reacted with what (spec/message.md, "Edits",
// "Reactions").
import type { PersonId } from '../../format/ids.js';
import type { Self } from '../../identity/self.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import type { Link, Links } from './links.js';
import type { EditView, ReactionView } from './view.js';
import type { Visibility } from './visibility.js';

/** What is to be seen with messages. */
export interface Linked {
  /** Edits of the message, oldest first, without those that were taken back themselves. */
  editsOf(entry: StoredEntry): readonly EditView[];
  newestEdit(entry: StoredEntry): Link | undefined;
  /** Of each person the newest, the most frequent first. */
  reactionsTo(entry: StoredEntry): readonly ReactionView[];
}

/** What decides about them. */
interface LinkedOptions {
  readonly repository: Repository;
  readonly visibility: Visibility;
  readonly links: Links;
  readonly self: Pick<Self, 'person'>;
}

/** The links of one topic as its messages show them. */
export function openLinked({ repository, visibility, links, self }: LinkedOptions): Linked {
  const isSeen = (link: Link): boolean => {
    const entry = repository.entry(link.shown.log, link.shown.seq);
    return entry !== undefined && visibility.ofEntry(entry) === link.kind;
  };
  const seen = (entry: StoredEntry, kind: Link['kind']): Link[] =>
    links.isEmpty ? [] : links.about(entry).filter((link) => link.kind === kind && isSeen(link));
  return {
    editsOf: (entry) => seen(entry, 'edit').map(({ id, time, text = '' }) => ({ id, time, text })),
    newestEdit: (entry) => seen(entry, 'edit').at(-1),
    reactionsTo: (entry) => reactionsOf(seen(entry, 'reaction'), self.person),
  };
}

function reactionsOf(links: readonly Link[], own: PersonId): ReactionView[] {
  const newest = new Map<PersonId, Link>();
  for (const link of links) newest.set(link.person, link);
  const byText = new Map<string, PersonId[]>();
  for (const { person, text } of newest.values()) {
    if (text !== undefined) byText.set(text, [...(byText.get(text) ?? []), person]);
  }
  const found = [...byText].map(([text, by]) => ({ text, by: by.sort(), own: by.includes(own) }));
  return found.sort((a, b) => b.by.length - a.by.length || (a.text < b.text ? -1 : 1));
}
