// Who is spoken to (spec/message.md, "Mentions"): by petname where it is typed, by person in the message.
import type { PersonId, TopicId } from '../../format/ids.js';
import { MENTIONS_MAX } from '../../format/limits.js';
import { unicodePattern } from '../../format/unicode-pattern.js';
import type { Repository } from '../../repository/repository.js';
import { isMessage } from '../order/order.js';
import { messageIn } from '../payload.js';
import { entriesWithin } from '../source.js';
import type { Unread } from './unread.js';

/** A name that somebody goes by here. */
interface Named {
  readonly petname: string;
  readonly person: PersonId;
}

const word = unicodePattern(String.raw`[\p{L}\p{N}_]`);

/** The contacts whose petnames stand behind an `@` in the text, in whatever letter case; at most as many as a message names. */
export function mentionsIn(text: string, contacts: readonly Named[]): PersonId[] {
  const found = new Set<PersonId>();
  const folded = fold(text);
  const names = contacts.map(({ petname, person }) => ({ name: fold(petname), person }));
  names.sort((a, b) => b.name.length - a.name.length);
  for (let at = folded.indexOf('@'); at >= 0 && found.size < MENTIONS_MAX; at = folded.indexOf('@', at + 1)) {
    // what stands within a word is an address
    if (at > 0 && word().test(folded.charAt(at - 1))) continue;
    const named = names.find(({ name }) => folded.startsWith(name, at + 1) && endsAt(folded, at + 1 + name.length));
    if (named) found.add(named.person);
  }
  return [...found];
}

/** Unread messages of a topic that mention the person. */
export function countMentions(repository: Repository, topic: TopicId, unread: Unread, person: PersonId): number {
  if (unread.count === 0) return 0;
  let count = 0;
  for (const { log } of repository.logsOfTopic(topic).filter(({ links }) => links)) {
    for (const run of repository.runs(log).filter(({ links }) => links)) {
      const entries = entriesWithin(repository, run, run.end).filter((entry) => isMessage(entry) && unread.has(entry));
      count += entries.filter((entry) => messageIn(entry)?.mentions?.includes(person)).length;
    }
  }
  return count;
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function endsAt(text: string, at: number): boolean {
  return at >= text.length || !word().test(text.charAt(at));
}
