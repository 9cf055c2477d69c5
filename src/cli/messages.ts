// A conversation as lines of text (spec/cli.md, "Reading"): day headings, time, id, author, text, and what is odd about it.
import { shortId } from '../format/ids.js';
import type { AuthorView, CitedView, MessageState, MessageView, Snippet } from '../topic/view.js';
import { attachmentLines } from './attachment-lines.js';
import { escapeBlock, escapeLine } from './escape.js';
import { type Cell, drawGraph, type GraphRow } from './graph.js';
import { HUES, type Style } from './style.js';
import { formatDay, formatTime } from './time.js';
import { pad, truncate, widthOf } from './width.js';
import { wrapLine } from './wrap.js';

/** How messages are rendered. */
export interface MessageOptions {
  readonly style: Style;
  /** Lines are wrapped to this width; without it they are as long as their authors made them. */
  readonly columns?: number | undefined;
  /** The message at that place, for the snippet above a reply. */
  readonly find: (cited: CitedView) => Snippet | undefined;
}

/** Renders messages one after the other; it remembers the day, so that `--follow` goes on where it was. */
export type MessageRenderer = (view: MessageView, graph?: GraphRow) => string[];

const NAME_COLUMNS_MAX = 16;
const TEXT_COLUMNS_MIN = 24;
const ID_COLUMNS = 10;
const SNIPPET_COLUMNS = 48;

/** The lines of messages in order, `graph` with their causal graph at the left. */
export function renderMessages(
  views: readonly MessageView[],
  options: MessageOptions & { readonly graph?: boolean },
): string[] {
  const render = openRenderer(options, { nameColumns: nameColumns(views) });
  const rows = options.graph ? drawGraph(graphNodes(views)) : [];
  return views.flatMap((view, at) => render(view, rows[at]));
}

/** A renderer for messages that are not all known yet. */
export function openRenderer(options: MessageOptions, layout: { readonly nameColumns?: number } = {}): MessageRenderer {
  const columns = layout.nameColumns ?? NAME_COLUMNS_MAX;
  let day: string | undefined;
  let wasUnread: boolean | undefined;
  return (view, graph) => {
    const lines: string[] = [];
    const today = view.time === undefined ? day : formatDay(view.time);
    if (today !== undefined && today !== day) lines.push(...heading(today, day === undefined, options.style));
    if (view.unread && wasUnread === false) lines.push(options.style.yellow('─── new'));
    [day, wasUnread] = [today, view.unread];
    return [...lines, ...renderOne(view, columns, { ...options, graph })];
  };
}

/** A name for an author: the petname, or the self-chosen name marked as unaccepted with a tilde. */
export function authorName(author: AuthorView, own = false): string {
  if (own) return escapeLine(author.name) || 'me';
  if (author.contact !== undefined) return escapeLine(author.contact);
  return `~${escapeLine(author.name) || (author.person === undefined ? 'unknown' : shortId(author.person))}`;
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
  const { style, graph } = options;
  const margin = graph ? graph.width + 1 : 0;
  const head = headOf(view, nameWidth, style);
  const indent = margin + 6 + ID_COLUMNS + 1 + nameWidth + 2;
  const isNarrow = options.columns !== undefined && options.columns - indent < TEXT_COLUMNS_MIN;
  const hang = isNarrow ? 2 : indent - margin;
  const room = options.columns === undefined ? undefined : Math.max(8, options.columns - margin - hang);
  const body = bodyOf(view, room, options);
  const rest = body.map((line) => `${' '.repeat(hang)}${line}`);
  const lines = isNarrow ? [head.trimEnd(), ...rest] : [`${head}  ${body[0] ?? ''}`.trimEnd(), ...rest.slice(1)];
  const before = view.gap
    ? [style.yellow(`⋯ earlier messages of ${authorName(view.author, view.own)} are missing`)]
    : [];
  return withGraph(before, lines, graph, style);
}

function headOf(view: MessageView, nameWidth: number, style: Style): string {
  const time = `${view.time === undefined ? '--:--' : formatTime(view.time)}${view.timeDoubtful ? '?' : ' '}`;
  const name = pad(truncate(authorName(view.author, view.own), nameWidth), nameWidth);
  return `${style.dim(time)}${style.dim(shortId(view.id))} ${colourName(name, view, style)}`;
}

function colourName(name: string, view: MessageView, style: Style): string {
  if (view.own) return style.bold(name);
  return view.author.contact === undefined ? style.red(name) : style[hueOf(view.author)](name);
}

function hueOf(author: AuthorView): (typeof HUES)[number] {
  return HUES[Number.parseInt((author.person ?? '0').slice(0, 4), 16) % HUES.length] ?? 'cyan';
}

const STATE_TEXT: Readonly<Record<MessageState, string | undefined>> = {
  shown: undefined,
  hidden: '(hidden here)',
  expired: '(expired)',
  retracted: '(retracted)',
  dropped: '(the text is not here)',
  unreadable: '(not readable by this version)',
  contradicted: '(this log exists in two versions from here on)',
};

/** Why a message is not shown like others, in words; undefined when it is. */
export function stateText(state: MessageState): string | undefined {
  return STATE_TEXT[state];
}

function bodyOf(view: MessageView, room: number | undefined, options: MessageOptions): string[] {
  const { style } = options;
  const wrap = (line: string): string[] => (room === undefined ? [line] : wrapLine(line, room));
  const lines: string[] = [];
  if (view.reply) lines.push(style.dim(truncate(replyLine(view.reply, options), room ?? SNIPPET_COLUMNS * 2)));
  const mark = STATE_TEXT[view.state];
  if (mark !== undefined) lines.push(...wrap(mark).map(view.state === 'contradicted' ? style.red : style.dim));
  const type = view.type === 'text' || view.type === '' ? '' : `[${escapeLine(view.type)}] `;
  const isEmpty = mark === undefined && type === '' && view.attachments.length === 0;
  const text = view.text || (isEmpty ? '(no text)' : '');
  if (type !== '' || text !== '') lines.push(...textLines(`${type}${text}`).flatMap(wrap));
  return [...lines, ...attachmentLines(view.attachments).flatMap(wrap).map(style.dim)];
}

// Trailing empty lines would only push the conversation apart.
function textLines(text: string): string[] {
  return escapeBlock(text.replace(/\s+$/, ''));
}

function replyLine(reply: CitedView, options: MessageOptions): string {
  const target = options.find(reply);
  if (!target) return `↳ ${reply.id === undefined ? '' : `${shortId(reply.id)} `}(not here)`;
  const text = target.text ?? stateText(target.state) ?? '';
  const snippet = escapeLine(text.trim().split('\n', 1)[0]?.trimEnd() ?? '');
  return `↳ ${authorName(target.author, target.own)}: ${truncate(snippet, SNIPPET_COLUMNS)}`;
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
