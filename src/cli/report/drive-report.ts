// The state of a drive, in words and as programs read it (spec/cli.md, "drive status").
import { acceptedContact, decidedRelation } from '../../identity/relations.js';
import { isOpenFor } from '../../sync/drive/drive.js';
import type { DriveStatus, FileStatus, PersonStatus } from '../../sync/drive/status.js';
import { isUrl } from '../../sync/medium/url.js';
import type { Session } from '../../sync/session.js';
import type { Context } from '../command/context.js';
import { openAmong, topicNames } from '../commands/drives/travelling.js';
import { alignColumns } from '../terminal/columns.js';
import { escapeLine } from '../terminal/escape.js';
import { formatSize, plural } from '../terminal/size.js';
import { formatRelative } from '../terminal/time.js';
import { driveJson, memoryJson } from './drive-json.js';
import { newcomerLines } from './newcomers.js';

/** Lines for people. */
export function statusLines(context: Context, session: Session, status: DriveStatus): string[] {
  const { style } = context;
  const { known, topics, isChosen, isApproved, people, removable } = status;
  const isHere = known.drive !== undefined || isUrl(known.directory);
  const where = isHere ? `at ${escapeLine(known.directory)}` : `not here; was at ${escapeLine(known.directory)}`;
  const how = isChosen ? 'chosen for it' : 'all that you are in or carry';
  const isOpen = isOpenFor(known.drive ?? {}, known.memory);
  const travel = isOpen ? openAmong(session, topics) : topics;
  const less = travel.length < topics.length ? ', and nothing of private ones' : '';
  const bytes = removable.reduce((sum, { bundle }) => sum + bundle.file.size, 0);
  return [
    `${style.bold(escapeLine(known.label))}  ${style.dim(known.id.slice(0, 10))}  ${where}`,
    `  ${visitsOf(context, status)}`,
    `  ${contentOf(status)}`,
    ...(isOpen ? ['  open: whoever finds it can read what is added to it'] : []),
    ...(isApproved ? [] : ['  not approved: nothing is written to it unless you sync']),
    `  topics: ${travel.length > 0 ? `${topicNames(session, travel)} (${how})` : 'none'}${less}`,
    ...alignColumns(people.map((person) => personRow(context, session, person))),
    ...toAccept(context, session, people),
    ...(removable.length > 0
      ? [`  ${plural(removable.length, 'bundle')} may be tidied away (${formatSize(bytes)})`]
      : []),
  ];
}

function visitsOf({ world }: Context, { known }: DriveStatus): string {
  const { first, last } = memoryJson(known);
  if (first === null || last === null) return 'you have not visited it yet';
  return `your last visit: ${formatRelative(last, world.now())}; the first: ${formatRelative(first, world.now())}`;
}

function contentOf({ files, free }: DriveStatus): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const count = (isSo: (file: FileStatus) => unknown, word: string): string[] => {
    const found = files.filter(isSo).length;
    return found > 0 ? [`${found} ${word}`] : [];
  };
  const notes = [
    ...count(({ isNew }) => isNew, 'not looked into yet'),
    ...count(({ left }) => left, 'with what you do not take'),
    ...count(({ tried }) => tried !== undefined, 'sealed for others'),
    ...count(({ problem }) => problem === 'arriving', 'still arriving'),
    ...count(({ problem }) => problem !== undefined && problem !== 'arriving', 'damaged or unreadable'),
  ];
  const room = free === undefined ? '' : `; room for ${formatSize(free)}`;
  return `${plural(files.length, 'bundle')} (${[formatSize(bytes), ...notes].join(', ')})${room}`;
}

function personRow({ style, world }: Context, session: Session, person: PersonStatus): string[] {
  const { isSelf, left, isSilent, waiting, lacking, unserved } = person;
  const heard = left ?? person.lastHeard;
  return [
    `  ${style.bold(escapeLine(nameOf(session, person)))}`,
    isSelf ? 'you' : heard === undefined ? style.dim('no word yet') : `last word ${formatRelative(heard, world.now())}`,
    isSelf
      ? ''
      : waiting > 0
        ? style.yellow(`${plural(waiting, 'message')} here not known to be taken`)
        : 'lacks nothing here',
    lacking > 0 ? `${lacking} more with your next sync` : unserved ? style.yellow(UNSERVED[unserved]) : '',
    style.dim(isSilent ? 'silent for long: not waited for' : ''),
  ];
}

/** Why nothing is added for somebody. */
const UNSERVED = {
  stranger: 'no contact: nothing is added for it',
  unready: 'nothing is added: no bundle from there has shown yet that sealed files can be read',
  unsealable: 'nothing is added: the key on the card is none that can be sealed to',
};

/** How those listed become contacts about whom nothing was decided. */
function toAccept(context: Context, session: Session, people: readonly PersonStatus[]): string[] {
  const newcomers = people.flatMap(({ card }) =>
    decidedRelation(session, card.person) === undefined ? { person: card.person, name: card.name } : [],
  );
  return newcomerLines(context, newcomers).map((line) => `  ${line}`);
}

function nameOf(session: Session, { card }: PersonStatus): string {
  if (card.person === session.self.person) return session.self.name;
  return acceptedContact(session, card.person)?.petname ?? `~${card.name}`;
}

/** The document for one drive. */
export function statusJson(session: Session, status: DriveStatus): object {
  const { known, files, free, topics, isChosen, isApproved, people, removable } = status;
  const { first, last } = memoryJson(known);
  return {
    ...driveJson(known),
    first,
    last,
    topics,
    chosen: isChosen,
    approved: isApproved,
    open: isOpenFor(known.drive ?? {}, known.memory),
    sealed: status.isSealed,
    free: free ?? null,
    bundles: files.map(fileJson),
    people: people.map(({ card, isSelf, left, lastHeard, isSilent, waiting, lacking, unserved }) => ({
      person: card.person,
      name: card.name,
      contact: acceptedContact(session, card.person)?.petname ?? null,
      self: isSelf,
      left: left ?? null,
      lastHeard: lastHeard ?? null,
      silent: isSilent,
      waiting,
      lacking,
      unserved: unserved ?? null,
    })),
    removable: removable.map(({ bundle, reason }) => ({ file: bundle.name, bytes: bundle.file.size, reason })),
  };
}

function fileJson(file: FileStatus): object {
  const { name, size, by, made } = file;
  const state = stateOf(file);
  return { file: name, bytes: size, by: by ?? null, created: made?.created ?? null, sealed: isSealedFile(file), state };
}

/** `null` as long as it was not looked into. */
function isSealedFile({ sealed, tried, digest }: FileStatus): boolean | null {
  if (sealed || tried !== undefined) return true;
  return digest === undefined ? null : false;
}

function stateOf({ isNew, tried, left, problem }: FileStatus): string {
  if (isNew) return 'new';
  if (tried !== undefined) return 'not-for-us';
  return problem ?? (left ? 'left' : 'taken');
}
