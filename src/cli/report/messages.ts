// A conversation as lines of text (spec/cli.md, "Reading"): day headings, time, id, author, text, and what is odd about it.
import { shortId } from '../../format/ids.js';
import type { AuthorView, CitedView, MessageState, MessageView, Snippet } from '../../topic/reading/view.js';
import type { WaitsFor } from '../../topic/reading/waits-for.js';
import { bodyLines } from '../terminal/body-lines.js';
import { escapeBars, escapeBlock, escapeLine, escapeName } from '../terminal/escape.js';
import { HUES, type Style } from '../terminal/style.js';
import { formatDate, formatDay, formatMoment, formatTime } from '../terminal/time.js';
import { largestWidthOf, pad, truncate, widthOf } from '../terminal/width.js';
import { foldLine } from '../terminal/wrap.js';
import { attachmentLines } from './attachment-lines.js';
import { type Cell, drawGraph, type GraphRow } from './graph.js';
import { hueOf } from './hue.js';

/** How messages are rendered. */
export interface MessageOptions {
  readonly style: Style;
  /** No line is wider. */
  readonly columns: number;
  /** The message at that place, for the snippet above a reply. */
  readonly find: (cited: CitedView) => Snippet | undefined;
}

/** Renders messages one after the other; it remembers the day, so that `--follow` goes on where it was. */
export type MessageRenderer = (view: MessageView, graph?: GraphRow) => string[];

/** Above messages whose place among the others can't be right. */
export const CLOCKS_APART = 'clocks far ahead, which can not be right';
/** Columns of an author's name, at most. */
export const NAME_COLUMNS_MAX = 16;
const TEXT_COLUMNS_MIN = 24;
/** Of the time, the id, and what stands between them and the name. */
const BEFORE_NAME_COLUMNS = 17;
const NAME_COLUMNS_MIN = 3;
const SNIPPET_COLUMNS = 48;
const SNIPPET_UNITS = 512;
/** Different reactions that are shown with a message. */
const REACTIONS_MAX = 8;
/** Columns before the text where it has to stand below the name. */
const HANG_NARROW = 2;

/** The lines of messages in order, `graph` with their causal graph at the left. */
export function renderMessages(
  views: readonly MessageView[],
  options: MessageOptions & { readonly graph?: boolean },
): string[] {
  const render = openRenderer(options, { nameColumns: nameColumns(views) });
  const rows = options.graph ? drawGraph(graphNodes(views)) : [];
  return views.flatMap((view, at) => render(view, rows[at]));
}

/** A renderer for messages that are not all known yet: names have `nameColumns`, and more from where one needs more. */
export function openRenderer(options: MessageOptions, layout: { readonly nameColumns?: number } = {}): MessageRenderer {
  let columns = layout.nameColumns ?? 0;
  let day: string | undefined;
  let wasUnread: boolean | undefined;
  let isApart = false;
  return (view, graph) => {
    const lines: string[] = [];
    if (view.clockDoubtful !== isApart) {
      isApart = view.clockDoubtful;
      if (isApart) lines.push(...foldLine(`─── ${CLOCKS_APART}`, options.columns).map(options.style.yellow));
      else lines.push('');
      day = undefined;
    }
    const today = view.time === undefined ? day : formatDay(view.time);
    if (today !== undefined && today !== day) lines.push(...heading(today, day === undefined, options.style));
    if (view.unread && wasUnread === false) lines.push(options.style.yellow('─── new'));
    [day, wasUnread] = [today, view.unread];
    columns = Math.max(columns, nameColumns([view]));
    return [...lines, ...renderOne(view, columns, { ...options, graph })];
  };
}

/** A name for an author: the petname, or the self-chosen name marked as unaccepted with a tilde. */
export function authorName(author: AuthorView, own = false): string {
  if (own) return escapeName(author.name) || 'me';
  if (author.contact !== undefined) return escapeName(author.contact);
  return `~${escapeName(author.name) || (author.person === undefined ? 'unknown' : shortId(author.person))}`;
}

function heading(day: string, isFirst: boolean, style: Style): string[] {
  return [...(isFirst ? [] : ['']), style.bold(day)];
}

/** Columns that the authors' names take, up to a limit. */
export function nameColumns(views: readonly Pick<MessageView, 'author' | 'own'>[]): number {
  let columns = 2;
  for (const view of views) columns = Math.max(columns, widthOf(authorName(view.author, view.own)));
  return Math.min(columns, NAME_COLUMNS_MAX);
}

type OneOptions = MessageOptions & { readonly graph: GraphRow | undefined };

function renderOne(view: MessageView, nameWidth: number, options: OneOptions): string[] {
  const { style, graph, columns } = options;
  const room = columns - (graph ? graph.width + 1 : 0);
  const name = nameIn(view, Math.min(nameWidth, Math.max(NAME_COLUMNS_MIN, room - BEFORE_NAME_COLUMNS)));
  const hang = BEFORE_NAME_COLUMNS + widthOf(name) + 2;
  const isNarrow = room - hang < TEXT_COLUMNS_MIN;
  const before = view.gap ? foldLine(gapLine(view), room).map(style.yellow) : [];
  const head = headOf(view, name, style);
  if (isNarrow) {
    const rest = bodyOf(view, room - HANG_NARROW, options).map((line) => `${' '.repeat(HANG_NARROW)}${line}`);
    return withGraph(before, [head.trimEnd(), ...rest], graph, style);
  }
  // where the name is drawn wider than usual, the first line begins further to the right
  const spare = largestWidthOf(name) - widthOf(name) + (graph ? largestWidthOf(cellsText(graph)) - graph.width : 0);
  const [first = '', ...rest] = bodyOf(view, room - hang - spare, options);
  const lines = [`${head}  ${first}`.trimEnd(), ...rest.map((line) => `${' '.repeat(hang)}${line}`)];
  return withGraph(before, lines, graph, style);
}

/** What is said of entries that are missing before a message. Whether messages or receipts lie in it nobody knows. */
export function gapLine(view: Pick<MessageView, 'author' | 'own' | 'damaged'>): string {
  const name = authorName(view.author, view.own);
  if (view.damaged) return `⋯ something of ${name} was damaged here; whoever has it can bring it again`;
  return `⋯ something earlier of ${name} is not here yet`;
}

function nameIn(view: MessageView, columns: number): string {
  return pad(truncate(authorName(view.author, view.own), columns), columns);
}

function headOf(view: MessageView, name: string, style: Style): string {
  const time = `${view.time === undefined ? '--:--' : formatTime(view.time)}${view.timeDoubtful ? '?' : ' '}`;
  return `${style.dim(time)}${style.dim(shortId(view.id))} ${colourName(name, view, style)}`;
}

function colourName(name: string, view: MessageView, style: Style): string {
  if (view.own) return style.bold(name);
  const hue = HUES[hueOf(view.author, HUES.length)] ?? 'cyan';
  return view.author.contact === undefined ? style.red(name) : style[hue](name);
}

const STATE_TEXT: Readonly<Record<MessageState, string | undefined>> = {
  shown: undefined,
  hidden: '(hidden here)',
  forgotten: '(forgotten here)',
  expired: '(expired)',
  retracted: '(retracted)',
  dropped: '(the text is not here)',
  copy: '(written again; shown where it was written first)',
  edit: '(an edit, shown with the message that it edits)',
  reaction: '(a reaction, shown with its message)',
  event: '(not for readers: what the programs of members tell one another)',
  void: '(its author was no member any more)',
  waiting: '(its key is not here)',
  locked: '(locked: the passphrase opens it)',
  unreadable: '(not readable by this version)',
  'newer-version': '(needs a newer version of satchel)',
  contradicted: '(this log exists in two versions from here on)',
};

/** Why a message is not shown like others, in words; undefined when it is. */
export function stateText(state: MessageState): string | undefined {
  return STATE_TEXT[state];
}

/** The same for one that is here, with what it is about, or waits for. */
export function markOf(view: Marked): string | undefined {
  const { state, about, text, waitsFor } = view;
  if (waitsFor) return waitingText(view, waitsFor);
  if (!about?.id || (state !== 'edit' && state !== 'reaction')) return STATE_TEXT[state];
  const does = text === undefined ? 'takes back the reaction to' : { edit: 'edits', reaction: 'reacts to' }[state];
  return `(${does} ${shortId(about.id)})`;
}

type Marked = Pick<MessageView, 'state' | 'about' | 'text' | 'waitsFor' | 'author' | 'own'>;

function waitingText({ author, own }: Marked, { what, asked }: WaitsFor): string {
  const lacked = what === 'key' ? 'its key is not here' : 'who was in the topic then is not known here';
  const told = asked === undefined ? '' : `, asked ${formatDate(asked)}`;
  return `(${lacked}; ${authorName(author, own)} can send it${told})`;
}

/** What the program says of a message, and the text that somebody wrote, marked. */
function bodyOf(view: MessageView, columns: number, options: MessageOptions): string[] {
  const { style } = options;
  const told = (line: string): string[] => foldLine(line, columns);
  const lines: string[] = [];
  if (view.reply) lines.push(style.dim(truncate(replyLine(view, view.reply, options), columns)));
  const mark = markOf(view);
  if (mark !== undefined) lines.push(...told(mark).map(view.state === 'contradicted' ? style.red : style.dim));
  const type = view.type === 'text' ? '' : view.type;
  if (type !== '') lines.push(truncate(`[${escapeLine(type)}]`, columns));
  const isEmpty = mark === undefined && type === '' && view.attachments.length === 0;
  if (view.text) lines.push(...bodyLines(view.text, columns));
  else if (isEmpty) lines.push(style.dim('(no text)'));
  const added = [...editedLines(view), ...attachmentLines(view.attachments), ...reactionLines(view)];
  return [...lines, ...added.flatMap(told).map(style.dim)];
}

/** That a text is the newest of several, and since when; empty of one that was not edited. */
export function editedLines({ edited }: Pick<MessageView, 'edited'>): string[] {
  return edited ? [`(edited ${formatMoment(edited.time)})`] : [];
}

/** What people react with, each with how many of them, harmless; and how many more there are. */
export function reactionsOf({ reactions }: Pick<MessageView, 'reactions'>): { shown: string[]; more: number } {
  const shown = reactions.slice(0, REACTIONS_MAX).map(({ text, by }) => `${escapeReaction(text)} ${by.length}`);
  return { shown, more: reactions.length - shown.length };
}

function reactionLines(view: MessageView): string[] {
  const { shown, more } = reactionsOf(view);
  return shown.length === 0 ? [] : [`reactions: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

/** Emoji need their joiners. */
function escapeReaction(text: string): string {
  return escapeBlock(text).map(escapeBars).join(' ');
}

function replyLine(view: MessageView, reply: CitedView, options: MessageOptions): string {
  const target = options.find(reply);
  if (!target) return `↳ ${reply.id === undefined ? '' : `${shortId(reply.id)} `}(not here)`;
  const text = target.text === undefined ? (stateText(target.state) ?? '') : snippetOf(target.text);
  return `↳ ${authorName(target.author, target.own)}: ${truncate(text, SNIPPET_COLUMNS)}${editedSince(view, target)}`;
}

/** What stands behind the text that a message answers, when that is another one by now; else nothing. */
export function editedSince({ clock = 0 }: Pick<MessageView, 'clock'>, { editedAt }: Snippet): string {
  return editedAt !== undefined && editedAt > clock ? ' (edited since)' : '';
}

/** The beginning of a text, on one line. Many replies may name one long text: only its beginning is looked at. */
export function snippetOf(text: string): string {
  const [line = ''] = text.slice(0, SNIPPET_UNITS).trim().split('\n', 1);
  return escapeLine(line.trimEnd().toWellFormed());
}

function graphNodes(views: readonly MessageView[]): { log: string; cites: string[] }[] {
  return views.map(({ log, deps }) => ({ log, cites: deps.map((dep) => dep.log) }));
}

function withGraph(before: string[], lines: string[], graph: GraphRow | undefined, style: Style): string[] {
  if (!graph) return [...before, ...lines];
  const edges = graph.edges ? [paint(graph.edges, graph, style).trimEnd()] : [];
  return [
    ...edges,
    ...before.map((line) => `${' '.repeat(graph.width + 1)}${line}`),
    ...lines.map((line, at) => `${paint(at === 0 ? graph.at : graph.below, graph, style)} ${line}`.trimEnd()),
  ];
}

function paint(cells: readonly Cell[], row: GraphRow, style: Style): string {
  const painted = cells.map(({ text, lane }) =>
    text.trim() === '' ? text : style[HUES[lane % HUES.length] ?? 'cyan'](text),
  );
  return painted.join('') + ' '.repeat(row.width - 2 * cells.length);
}

function cellsText(row: GraphRow): string {
  return row.at
    .map(({ text }) => text)
    .join('')
    .padEnd(row.width);
}
