// satchel show: everything about one entry (spec/cli.md, "show").
import { EXIT_OF_CODE } from '../../../format/error.js';
import { type DeviceKey, type PersonId, shortId } from '../../../format/ids.js';
import { decodeMeta, type Meta, type Range } from '../../../format/log/meta.js';
import { type NamedDevice, namedDevice } from '../../../identity/device-names.js';
import type { PlacedEntry } from '../../../repository/index/placed-entry.js';
import { expiredUnread } from '../../../sync/import/expired.js';
import { holdersOf } from '../../../sync/known/trace.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { CitedView, MessageView } from '../../../topic/reading/view.js';
import type { Viewer } from '../../../topic/reading/viewer.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { attachmentLine } from '../../report/attachment-lines.js';
import { historyRows, versionsOf } from '../../report/history.js';
import { messageJson } from '../../report/message-json.js';
import { authorName, markOf, snippetOf, stateText } from '../../report/messages.js';
import { personName, tracedName } from '../../report/person-name.js';
import { viewEntry } from '../../report/view-entry.js';
import { bodyLines } from '../../terminal/body-lines.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { formatMoment, formatUtcDay } from '../../terminal/time.js';
import { truncate } from '../../terminal/width.js';
import { openKeysOfMessage } from '../topics/topic-keys.js';

const DAY_MS = 86_400_000;

/** Somebody who is known to hold the entry. */
interface Holder {
  readonly person: PersonId;
  readonly name: string;
  /** Of our own devices alone. */
  readonly device: DeviceKey | null;
}

/** An entry with all that is known of it. */
interface Shown {
  readonly view: MessageView;
  readonly entry: PlacedEntry;
  readonly holders: readonly Holder[];
  /** What these are called. */
  readonly holderNames: readonly string[];
  readonly viewer: Viewer;
  /** What somebody is called. */
  readonly nameOf: (person: PersonId) => string;
  /** An own message that expired before anybody acknowledged it; undefined where that can't be said. */
  readonly isUnread: boolean | undefined;
  /** The device that wrote it. */
  readonly writer: NamedDevice | undefined;
}

/** Prints author, times, place, what it answers, who has it, and the text. */
export async function run(context: Context, args: Args<'show'>): Promise<number> {
  await openKeysOfMessage(context, args.id);
  const session = openSession(await context.repository());
  const shown = look(session, args.id);
  tell(context, shown);
  if (shown.view.state === 'locked') return EXIT_OF_CODE.locked;
  return shown.view.state === 'waiting' ? EXIT_OF_CODE['waiting-for-key'] : 0;
}

function tell(context: Context, shown: Shown): void {
  if (context.json) {
    context.printJson(showJson(shown));
    return;
  }
  const rows = [...placeRows(shown), ...contentRows(shown)];
  for (const line of alignColumns(rows.map(([name, value]) => [context.style.dim(name), value]))) context.print(line);
  const { view } = shown;
  if (view.text === undefined) return;
  context.print('');
  for (const line of bodyLines(view.text, context.stdout.columns)) context.print(line);
}

function look(session: Session, wanted: string): Shown {
  const { place, ...shown } = viewEntry(session, wanted);
  const { people } = shown.viewer;
  const nameOf = (person: PersonId): string => personName(session, people, person);
  const known = holdersOf(session, place);
  const holders = known.map(({ person, device = null }) => ({
    person,
    name: nameOf(person),
    device,
  }));
  const holderNames = known.map((one) => tracedName(session, people, one));
  const isUnread = expiredUnread(session, place, decodeMeta(shown.entry.meta).expires);
  const { person, device } = shown.view.author;
  return { ...shown, holders, holderNames, nameOf, isUnread, writer: device && namedDevice(session, person, device) };
}

function showJson({ view, entry, holders, viewer, isUnread, writer }: Shown): Record<string, unknown> {
  const { expires, retracts, blobs, housekeeping, retractsIn } = decodeMeta(entry.meta);
  return {
    ...messageJson(view),
    previous: entry.previous,
    payloadBytes: entry.payloadLength,
    dropped: entry.payload === undefined,
    expires: expires === undefined ? null : expires * DAY_MS,
    retracts: retracts ?? [],
    blobs: blobs ?? [],
    retractsIn: retractsIn ?? null,
    housekeeping: housekeeping === true,
    deviceLabel: writer?.label ?? null,
    deviceRemoved: writer?.isRemoved ?? null,
    heldBy: holders,
    expiredUnread: isUnread ?? null,
    versions: view.edited ? versionsOf(entry, viewer) : [],
  };
}

type Row = readonly [string, string];

function placeRows({ view, entry, writer }: Shown): Row[] {
  const { name, contact, person } = view.author;
  const calls = contact !== undefined && name !== '' && name !== contact ? `, calls itself ${escapeLine(name)}` : '';
  return [
    ['id', view.id],
    ['from', `${authorName(view.author, view.own)}${calls}`],
    ['person', person ?? 'unknown: the introduction of this log is missing'],
    ['device', writer ? deviceText(writer) : 'unknown'],
    ['topic', view.topic === '' ? shortId(view.topicId) : `${escapeLine(view.topic)} (${shortId(view.topicId)})`],
    ['log', view.log],
    ['number', `${view.seq} in its log${entry.afterGap ? ', after a gap' : ''}`],
    ['previous', entry.previous],
  ];
}

function deviceText({ device, label, isRemoved }: NamedDevice): string {
  const called = label === undefined ? device : `${device}, "${escapeLine(label)}"`;
  return isRemoved ? `${called}, a removed device` : called;
}

function contentRows(shown: Shown): Row[] {
  const { view, entry, holderNames, viewer, isUnread } = shown;
  const { time, clock, type, state, reply, deps } = view;
  const written =
    time === undefined
      ? []
      : [row('written', `${formatMoment(time)}${isTimeWrong(view) ? ', which can not be right' : ''}`)];
  const cites = deps.filter((cited) => cited !== reply).map(citedText);
  const mark = view.waitsFor ? markOf(view) : stateText(state);
  const again = view.again ? [row('again', `says again ${citedText(view.again)}`)] : [];
  return [
    ...written,
    ...(view.arrived === undefined ? [] : [row('came here', formatMoment(view.arrived))]),
    ...(clock === undefined ? [] : [row('clock', clockText(clock, view.clockDoubtful))]),
    ...(type === 'text' || type === '' ? [] : [row('type', escapeLine(type))]),
    ...(reply === undefined ? [] : [row('answers', answered(reply, viewer))]),
    ...(cites.length === 0 ? [] : [row('after', cites.join(', '))]),
    ...again,
    ...historyRows(shown),
    ...metaRows(decodeMeta(entry.meta)),
    row('size', plural(entry.payloadLength, 'byte')),
    ...view.attachments.map((attachment, i) => row(i === 0 ? 'attached' : '', attachmentLine(attachment))),
    ...(mark === undefined ? [] : [row('state', mark)]),
    ...(isUnread ? [row('', 'expired before anybody acknowledged it: nobody is known to have read it')] : []),
    row(
      'held by',
      holderNames.length === 0 ? 'nobody else, as far as is known' : holderNames.map(escapeLine).join(', '),
    ),
  ];
}

/** The time itself, whatever drew the message to its place. */
function isTimeWrong({ time = 0, clock = time, timeDoubtful, clockDoubtful }: MessageView): boolean {
  return timeDoubtful && (!clockDoubtful || clock - time < DAY_MS);
}

function clockText(clock: number, isDoubtful: boolean): string {
  return isDoubtful ? `${clock}: ${formatMoment(clock)}, which can not be right` : `${clock}`;
}

function metaRows({ expires, retracts, retractsIn }: Meta): Row[] {
  return [
    ...(expires === undefined ? [] : [row('expires', formatUtcDay(expires))]),
    ...(retracts ? [row('retracts', spans(retracts))] : []),
    ...(retractsIn ? [row('retracts', `in log ${shortId(retractsIn.log)}: ${spans(retractsIn.ranges)}`)] : []),
  ];
}

function spans(ranges: readonly Range[]): string {
  return ranges.map(({ from, end }) => `numbers ${from} to ${end - 1}`).join(', ');
}

function answered(reply: CitedView, viewer: Viewer): string {
  const target = viewer.at(reply);
  if (!target) return `${citedText(reply)}, which is not here`;
  const snippet = truncate(snippetOf(target.text ?? ''), SNIPPET_COLUMNS);
  return `${citedText(reply)} of ${authorName(target.author, target.own)}: ${snippet}`;
}

/** A cited entry by its id; by its place when what is held here can't tell its id. */
function citedText({ log, seq, id }: CitedView): string {
  return id === undefined ? `number ${seq} of log ${shortId(log)}` : shortId(id);
}

function row(name: string, value: string): Row {
  return [name, value];
}

const SNIPPET_COLUMNS = 60;
