// Letters that invite us into private topics: those in the person logs of contacts, and single ones (spec/epochs.md, "Letters").
import { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import { type CreateStatement, decodeCreateStatement } from '../../format/private/create-statement.js';
import type { FileKeys } from '../../identity/file-keys.js';
import { assertInvited, type Letter, type LetterStanding } from '../../identity/letter.js';
import { openLetter } from '../../identity/letter-file.js';
import { devicesOf } from '../../identity/relations.js';
import { readStatement } from '../../topic/members/signed-statement.js';
import { ROLE } from '../../topic/members/statement.js';
import { lettersIn } from '../../topic/reading/person-log.js';
import { knownPersonLogs } from '../known/person-logs.js';
import type { Session } from '../session.js';

/** A letter that invites us, and what its topic begins with. */
export interface ReadLetter {
  readonly letter: Letter;
  readonly create: CreateStatement;
}

/**
 * The letters for us in the person logs of contacts' current devices and of our other ones, the newest of each first. A device
 * that was removed invites nobody.
 */
export async function lettersHere(session: Session, keys: FileKeys): Promise<readonly ReadLetter[]> {
  const found: ReadLetter[] = [];
  for (const log of knownPersonLogs(session)) {
    const { person, device } = log;
    if (device === session.self.device || !person || !device || !devicesOf(session, person).includes(device)) continue;
    const files = [...lettersIn(session.repository, log)].slice(0, LETTERS_MAX);
    for (const file of files) {
      const read = await ifForUs(session, file, keys);
      if (read?.letter.card.person === person && read.letter.card.device === device) found.push(read);
    }
  }
  return found;
}

/** What is none, or for somebody else, is passed over. */
async function ifForUs(session: Session, file: Buffer, keys: FileKeys): Promise<ReadLetter | undefined> {
  try {
    return await readLetter(session, file, keys);
  } catch (error) {
    if (error instanceof SatchelError && !ELSEWHERE.includes(error.code)) return undefined;
    throw error;
  }
}

/**
 * The letter in a file, if it invites us now.
 * @throws SatchelError `bad-letter`, `sealed`, `locked`, `wrong-passphrase`
 */
export async function readLetter({ self, repository }: Session, file: Buffer, keys: FileKeys): Promise<ReadLetter> {
  const letter = await openLetter(file, keys);
  const create = decodeCreateStatement(letter.statement);
  const standing = standingOf(letter, create, self.person);
  assertInvited(letter, { person: self.person, now: repository.world.now(), standing });
  return { letter, create };
}

function standingOf(letter: Letter, { topic, policy }: CreateStatement, person: PersonId): LetterStanding {
  // by rules that nobody here knows it is shown as that
  if (!policy || policy.owners.includes(person)) return 'owner';
  const isGranted = letter.statements.some(({ bytes, signature }) => {
    const said = readStatement(topic, bytes, signature)?.says;
    return said?.kind === 'set' && said.person === person && said.role === ROLE.member;
  });
  return isGranted ? 'granted' : 'none';
}

/** Letters of one person log that are opened, at most. */
const LETTERS_MAX = 64;
/** Keys that stay closed are no fault of the letter, nor is a disk that does not give them. */
const ELSEWHERE: readonly string[] = ['locked', 'wrong-passphrase', 'damaged', 'io', 'no-space', 'busy', 'internal'];
