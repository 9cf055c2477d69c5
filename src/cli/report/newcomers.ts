// People who are no contacts yet, and the command that accepts each (spec/cli.md, "status").
import { type PersonId, shortId } from '../../format/ids.js';
import { nameKey } from '../../identity/names.js';
import type { Context } from '../command/context.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import { plural } from '../terminal/size.js';

/** So many are named. */
const NAMED_MAX = 5;

/** Somebody to be told of. */
interface Named {
  readonly person: PersonId;
  /** Self-chosen. */
  readonly name: string;
}

/** A line for each, of many the first few. */
export function newcomerLines<T extends Named>(
  context: Context,
  people: readonly T[],
  remarkOn: (one: T) => string = () => 'is no contact yet',
): string[] {
  const lines = people.slice(0, NAMED_MAX).map((one) => {
    const add = nextCommand(context.directory, `contact add ${wordFor(people, one)}`, context.env);
    return `~${escapeLine(one.name)} ${remarkOn(one)}; to accept: ${add}`;
  });
  const more = people.length - lines.length;
  if (more > 0) lines.push(`and ${plural(more, 'more person')} too: see "satchel contact list"`);
  return lines;
}

/** What names one among them on a command line: the name it chose, unless others chose it too. */
function wordFor(people: readonly Named[], { name, person }: Named): string {
  const isTwice = people.some((other) => other.person !== person && nameKey(other.name) === nameKey(name));
  return isTwice ? shortId(person) : quoteWord(name);
}
