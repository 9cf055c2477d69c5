// The way of one message in words (spec/cli.md, "trace"). What is not known is called so: what was written somewhere has
// not arrived, and who said nothing may have it all the same.

import { shortId } from '../../format/ids.js';
import { readMemory } from '../../sync/drive/memory.js';
import type { Arrival, Departure } from '../../sync/known/history.js';
import { personOfDevice } from '../../sync/known/person-lookup.js';
import type { HolderKind, Trace, TracedHolder, TracedOne, TracedUnknown } from '../../sync/known/trace.js';
import type { Session } from '../../sync/session.js';
import type { People } from '../../topic/reading/people.js';
import type { Context } from '../command/context.js';
import { alignColumns } from '../terminal/columns.js';
import { escapeLine } from '../terminal/escape.js';
import { plural } from '../terminal/size.js';
import { formatMoment } from '../terminal/time.js';
import { authorName, stateText } from './messages.js';
import { personName, tracedName } from './person-name.js';
import { nextStep } from './trace-next.js';
import type { Traced } from './traced.js';

type Row = readonly [name: string, value: string];

/** Exports shown, at most; of more the latest. */
const EXPORTS_SHOWN = 10;
const DRIVE_DIGITS = 10;

/** Lines for people. */
export function traceLines(context: Context, traced: Traced): string[] {
  const { style } = context;
  const rows = [...messageRows(traced), ...exportRows(traced), ...driveRows(traced), ...peopleRows(traced)];
  const lines = alignColumns(rows.map(([name, value]) => [style.dim(name), value]));
  return [...lines, '', ...nextStep(context, traced).words];
}

function messageRows({ session, view, people, trace }: Traced): Row[] {
  const { own, author, time, state, topic, topicId } = view;
  const mark = stateText(state);
  const from = `${authorName(author, own)}${own ? ' (you)' : ''}`;
  return [
    ['id', view.id],
    ['topic', topic === '' ? shortId(topicId) : escapeLine(topic)],
    ['written', `${time === undefined ? 'at an unknown time' : formatMoment(time)} by ${from}`],
    ...(own && !trace.arrival ? [] : [['came', cameBy(session, people, trace)] as const]),
    ...(mark === undefined ? [] : [['state', mark] as const]),
  ];
}

function cameBy(session: Session, people: People, { arrival, since }: Trace): string {
  if (arrival) return `${formatMoment(arrival.at)} with ${bundleOf(session, people, arrival)}`;
  if (since === undefined) return 'unknown: the journal tells of no import';
  return `unknown: the journal tells of nothing before ${formatMoment(since)}, and not of this`;
}

/** `a bundle of Bob, from "blue stick"`. */
function bundleOf(session: Session, people: People, { by, drive, file }: Arrival): string {
  const maker = by && personOfDevice(session, by);
  const whose = by === undefined ? '' : ` of ${maker ? escapeLine(personName(session, people, maker)) : shortId(by)}`;
  return `a bundle${whose}, ${placeOf(session, { drive, file }, 'from')}`;
}

function placeOf(session: Session, { drive, file }: Pick<Arrival, 'drive' | 'file'>, word: 'from' | 'to'): string {
  if (drive !== undefined) return `${word === 'to' ? 'on' : word} drive ${escapeLine(driveLabel(session, drive))}`;
  if (file === '-') return `${word} standard ${word === 'to' ? 'output' : 'input'}`;
  return `${word} ${escapeLine(file)}`;
}

function exportRows({ session, people, trace }: Traced): Row[] {
  const { exports, uncertain, since } = trace;
  const rows = exports.slice(-EXPORTS_SHOWN).map((one): Row => ['exported', exported(session, people, one)]);
  const older = exports.length - rows.length;
  return [
    ...(older > 0 ? [['exported', `${plural(older, 'time')} before`] as const] : []),
    ...rows,
    ...(uncertain > 0 ? [['exported', `perhaps in ${plural(uncertain, 'more bundle')}`] as const] : []),
    ...(exports.length + uncertain > 0 ? [] : [['exported', neverExported(since)] as const]),
  ];
}

function neverExported(since: number | undefined): string {
  return since === undefined ? 'never, as far as is known' : `never, as far as is known since ${formatMoment(since)}`;
}

function exported(session: Session, people: People, one: Departure): string {
  const names = one.for.map((person) => escapeLine(personName(session, people, person)));
  const whom = names.length === 0 ? 'whoever finds it' : names.join(', ');
  return `${formatMoment(one.at)} for ${whom}, ${placeOf(session, one, 'to')}`;
}

function driveRows({ trace }: Traced): Row[] {
  return trace.drives.map(({ label, directory, isHere, last, bundles }) => {
    const where = isHere ? `which is at ${escapeLine(directory)}` : `as of your visit of ${formatMoment(last)}`;
    return ['lies on', `drive ${escapeLine(label)}, ${where}: ${bundles.map(escapeLine).join(', ')}`];
  });
}

function peopleRows({ session, people, trace }: Traced): Row[] {
  const { holders, declined, unknown } = trace;
  const nameOf = (one: TracedOne): string => escapeLine(tracedName(session, people, one));
  const known = holders.map((one): Row => ['held by', `${nameOf(one)}: ${howKnown(session, people, one)}`]);
  const unwanted = declined.map(
    (one): Row => ['not wanted', `${nameOf(one)}: ${DECLINED} (${formatMoment(one.at)} on its clock)`],
  );
  const lacking = unknown.map((one): Row => ['unknown', `${nameOf(one)}: ${whyUnknown(one)}`]);
  const nobody: Row = ['held by', 'nobody else, as far as is known'];
  return [...(known.length > 0 ? known : [nobody]), ...unwanted, ...lacking];
}

const DECLINED = 'said in a bundle that it wants no more of this log';

const KIND_WORDS: Readonly<Record<HolderKind, string>> = {
  author: 'wrote it',
  bundle: 'made the bundle that brought it here',
  ack: 'acknowledged it',
  citation: 'wrote a message that cites it',
  frontier: 'said so in a bundle',
  other: 'it is known, but no longer by what',
};

function howKnown(session: Session, people: People, { kind, at, arrival }: TracedHolder): string {
  const when = at === undefined ? '' : ` (${formatMoment(at)} on its clock)`;
  const how = arrival ? `; that came ${formatMoment(arrival.at)} with ${bundleOf(session, people, arrival)}` : '';
  return `${KIND_WORDS[kind]}${when}${how}`;
}

function whyUnknown({ lastHeard, waitsOn }: TracedUnknown): string {
  const heard =
    lastHeard === undefined ? 'no word yet' : `last word ${formatMoment(lastHeard)}, and nothing about this`;
  const waits = waitsOn.map((label) => escapeLine(label)).join(', ');
  return waits === '' ? heard : `${heard}; it waits on drive ${waits}`;
}

/** The label of a drive that is remembered, else the beginning of its id. */
export function driveLabel(session: Session, drive: string): string {
  return readMemory(session.repository.layout, drive)?.label ?? drive.slice(0, DRIVE_DIGITS);
}
