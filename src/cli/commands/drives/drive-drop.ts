// satchel drive drop: takes a person off a drive (spec/cli.md, "Drives"; spec/drive.md, "People").
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import type { Card } from '../../../identity/card.js';
import { nameKey } from '../../../identity/names.js';
import { acceptedContact } from '../../../identity/relations.js';
import type { Drive } from '../../../sync/drive/drive.js';
import { findDrive, presentDrive } from '../../../sync/drive/known.js';
import { cardNamesOf, onePerPerson, readPeople, unlistPerson } from '../../../sync/drive/people.js';
import { isUrl } from '../../../sync/medium/url.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { withDriveAt } from './store.js';

/** Unlists the person; what only that person lacks may then go. */
export async function run(context: Context, args: Args<'drive drop'>): Promise<void> {
  const session = openSession(await context.repository());
  const known = findDrive(session.repository.layout, args.drive);
  const drop = (drive: Drive): Dropped => dropFrom(session, drive, args.who);
  const isFar = isUrl(known.directory);
  const { drive, card } = isFar
    ? await withDriveAt(context, session, known.directory, drop)
    : drop(presentDrive(known));
  const name = nameOf(session, card);
  if (context.json)
    return context.printJson({ drive: drive.id, label: drive.label, person: card.person, name: card.name });
  context.print(`${escapeLine(name)} is no longer listed on ${escapeLine(drive.label)}`);
  context.note('what nobody else lacks goes with the next sync; whoever visits the drive is listed again');
}

interface Dropped {
  readonly drive: Drive;
  readonly card: Card;
}

function dropFrom(session: Session, drive: Drive, who: string): Dropped {
  const cards = readPeople(drive, cardNamesOf(session));
  const card = listedPerson(session, onePerPerson(cards), who);
  const theirs = cards.filter(({ person }) => person === card.person);
  unlistPerson(drive, theirs);
  return { drive, card };
}

/** The one listed person who is meant by a petname, a self-chosen name or the beginning of an id. */
function listedPerson(session: Session, people: readonly Card[], who: string): Card {
  const key = nameKey(who.trim().replace(/^~/, ''));
  const found = people.filter(
    (card) =>
      nameKey(nameOf(session, card).replace(/^~/, '')) === key ||
      (/^[0-9a-f]{4,64}$/.test(key) && card.person.startsWith(key)),
  );
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  if (!first) {
    throw new SatchelError('not-found', `nobody called "${who}" is listed there`, {
      hint: 'run "satchel drive status"',
    });
  }
  const listed = found.map((card) => `${nameOf(session, card)} (${shortId(card.person)})`).join(', ');
  throw new SatchelError('ambiguous', `"${who}" could be ${listed}`, { hint: 'give digits of the id instead' });
}

function nameOf(session: Session, { person, name }: Card): string {
  return acceptedContact(session, person)?.petname ?? `~${name}`;
}
