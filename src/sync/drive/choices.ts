// Which topics travel on a drive, as this user decided for itself (spec/drive.md, "Topics"; spec/repository.md, "Layout").
import path from 'node:path';
import type { TopicId } from '../../format/ids.js';
import { fieldsOf, isHex, isId, malformed } from '../../identity/shape.js';
import { readJson, writeJson } from '../../repository/files.js';
import { layoutOf } from '../../repository/layout.js';
import { passedOnTopics, type Session } from '../session.js';
import { DRIVE_ID_DIGITS } from './drive.js';

/** For each drive by its id the topics that were chosen for it; a drive that is not named takes all. */
export type DriveChoices = ReadonlyMap<string, readonly TopicId[]>;

/**
 * The choices in the repository in `dir`.
 * @throws SatchelError `damaged` when they are malformed
 */
export function readChoices(dir: string): DriveChoices {
  const file = choicesFile(dir);
  const { drives } = fieldsOf(readJson(file) ?? { drives: [] });
  if (!Array.isArray(drives)) throw malformed(file, 'has no list of drives');
  return new Map(drives.map((item) => decodeChoice(item, file)));
}

/** Chooses the topics of one drive, durably; undefined lets all travel again. Only under the repository's lock. */
export function writeChoice(dir: string, drive: string, topics: readonly TopicId[] | undefined): void {
  const choices = new Map(readChoices(dir));
  if (topics) choices.set(drive, topics);
  else if (!choices.delete(drive)) return;
  writeJson(choicesFile(dir), { drives: [...choices].map(([id, chosen]) => ({ drive: id, topics: chosen })) });
}

/** The topics that travel on a drive: of those passed on the chosen ones, or all. */
export function travellingTopics(session: Session, drive: string): readonly TopicId[] {
  const chosen = readChoices(session.repository.directory).get(drive);
  const passedOn = passedOnTopics(session);
  return chosen ? passedOn.filter((topic) => chosen.includes(topic)) : passedOn;
}

function decodeChoice(value: unknown, file: string): [string, TopicId[]] {
  const { drive, topics } = fieldsOf(value);
  if (isHex(drive, DRIVE_ID_DIGITS) && Array.isArray(topics) && topics.every((topic) => isId<TopicId>(topic)))
    return [drive, topics];
  throw malformed(file, 'has an entry that is no drive with topics');
}

function choicesFile(dir: string): string {
  return path.join(layoutOf(dir).refs, 'drives.json');
}
