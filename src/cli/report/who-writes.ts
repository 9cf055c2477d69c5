// Who writes in a topic that others showed (spec/cli.md, "status", "import", "Asking").
import type { SeenTopic } from '../../sync/known/seen-topics.js';
import type { Session } from '../../sync/session.js';
import { petnameIn } from './export-words.js';

/**
 * `Ana writes`, `Ana and 2 more write`; `you wrote` where only devices of our own showed it, whose logs come back from others,
 * with another word for ourselves where it begins a sentence.
 */
export function whoWrites(session: Session, { seenFrom }: Pick<SeenTopic, 'seenFrom'>, you = 'you'): string {
  const [first, ...more] = seenFrom.filter((person) => person !== session.self.person);
  if (first === undefined) return `${you} wrote`;
  const name = petnameIn(session, first);
  return more.length === 0 ? `${name} writes` : `${name} and ${more.length} more write`;
}
