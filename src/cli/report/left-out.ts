// Who is sent nothing because nothing can be sealed for it yet, in words (spec/cli.md, "Sealed and open").
import type { PersonId } from '../../format/ids.js';
import type { Seals } from '../../sync/export/seal.js';
import type { Session } from '../../sync/session.js';
import { nameList, petnameIn } from './export-words.js';

/** Who is left out, why, and both ways on; `openly` is the command that writes an open bundle for somebody. */
export function leftOutLines(
  session: Session,
  { unready, unsealable }: Pick<Seals, 'unready' | 'unsealable'>,
  openly: (person: PersonId) => string,
): string[] {
  const lines: string[] = [];
  const names = (persons: readonly PersonId[]): string => nameList(persons.map((person) => petnameIn(session, person)));
  if (unready[0] !== undefined) {
    const why = 'no bundle from there has shown yet that sealed files can be read';
    lines.push(
      `nothing for ${names(unready)}: ${why}; take one in from a newer version, or run "${openly(unready[0])}"`,
    );
  }
  if (unsealable[0] !== undefined) {
    const why = 'the key on the card is none that can be sealed to';
    lines.push(`nothing for ${names(unsealable)}: ${why}; get a new card, or run "${openly(unsealable[0])}"`);
  }
  return lines;
}
