// One message as an element: who, when, what, and what is odd about it, in the program's own words (spec/cli.md, "Reading").
import { attachmentLine } from '../../cli/report/attachment-lines.js';
import { hueOf, PAGE_HUES } from '../../cli/report/hue.js';
import {
  authorName,
  CLOCKS_APART,
  editedLines,
  editedSince,
  gapLine,
  markOf,
  reactionsOf,
  snippetOf,
  stateText,
} from '../../cli/report/messages.js';
import { escapeBlock, escapeLine } from '../../cli/terminal/escape.js';
import { SNIPPET_MAX, shortened } from '../../cli/terminal/shortened.js';
import { formatDay, formatTime } from '../../cli/terminal/time.js';
import { shortId } from '../../format/ids.js';
import type { AttachmentView, CitedView, MessageView, Snippet } from '../../topic/reading/view.js';
import { button, element } from './dom.js';

/** What a message asks of what is around it. */
export interface MessageActions {
  find(cited: CitedView): Snippet | undefined;
  /** Shows a message that another one answers; false where it is not shown. */
  goTo(cited: CitedView): boolean;
  /** Tells who an author is. */
  introduce(view: MessageView): void;
  save(attachment: AttachmentView): void;
}

/** Characters of a text that are shown at once; the rest when it is asked for. */
const SHOWN_MAX = 6_000;
const TOGETHER_MS = 300_000;

/** The message with what stands above it; `before` is the one before it. */
export function messageElement(
  view: MessageView,
  before: MessageView | undefined,
  actions: MessageActions,
): HTMLElement {
  const marks = [view.timeDoubtful && 'doubtful', goesOn(view, before) && 'goes-on'].filter((mark) => mark !== false);
  const article = element(
    'article',
    { class: ['message', `hue-${hueOf(view.author, PAGE_HUES)}`, ...marks].join(' '), tabindex: '-1' },
    element('header', {}, nameOf(view, actions), timeOf(view)),
    view.reply && quoteOf(view, view.reply, actions),
    ...bodyOf(view),
    ...editedLines(view).map((line) => element('p', { class: 'state' }, line)),
    ...view.attachments.map((attachment) => attachmentElement(attachment, actions)),
    reactionsElement(view),
  );
  const gap = view.gap ? element('p', { class: 'gap' }, element('bdi', {}, gapLine(view))) : undefined;
  return element('div', { class: 'row' }, apartHeading(view, before), dayHeading(view, before), gap, article);
}

/** Whether it was written right behind the one above it, by the same person: then the name need not be said again. */
function goesOn(view: MessageView, before: MessageView | undefined): boolean {
  if (before?.time === undefined || view.time === undefined || view.gap || view.reply || view.log !== before.log)
    return false;
  const isSoon = view.time >= before.time && view.time < before.time + TOGETHER_MS;
  return isSoon && !view.timeDoubtful && formatDay(view.time) === formatDay(before.time);
}

/** Above the first of those whose place among the others can't be right. */
function apartHeading(view: MessageView, before: MessageView | undefined): HTMLElement | undefined {
  const isFirst = view.clockDoubtful && before?.clockDoubtful !== true;
  return isFirst ? element('p', { class: 'apart' }, CLOCKS_APART) : undefined;
}

function dayHeading(view: MessageView, before: MessageView | undefined): HTMLElement | undefined {
  const day = view.time === undefined ? undefined : formatDay(view.time);
  const isWithin = before?.clockDoubtful === view.clockDoubtful;
  const isSame = isWithin && before?.time !== undefined && formatDay(before.time) === day;
  return day === undefined || isSame
    ? undefined
    : element('h3', { class: 'day' }, element('span', { class: 'date' }, day));
}

function nameOf(view: MessageView, { introduce }: MessageActions): HTMLElement {
  const name = button('', { class: 'name', title: 'Who is this?' }, () => introduce(view));
  name.append(element('bdi', {}, authorName(view.author, view.own)));
  return name;
}

function timeOf({ time, timeDoubtful, id }: MessageView): HTMLElement {
  const shown = time === undefined ? '--:--' : formatTime(time);
  const title = timeDoubtful ? `the clock that wrote this can’t have been right; message ${shortId(id)}` : shortId(id);
  return element('span', { class: 'time', title }, timeDoubtful ? `${shown}?` : shown);
}

function quoteOf(view: MessageView, cited: CitedView, actions: MessageActions): HTMLElement {
  const target = actions.find(cited);
  if (!target) return element('p', { class: 'quote' }, '↳ (not here)');
  const text = target.text === undefined ? (stateText(target.state) ?? '') : snippetOf(target.text);
  const quote = button('', { class: 'quote', title: 'Go to it' }, () => actions.goTo(view.answers ?? cited));
  quote.append(
    element('bdi', { class: 'quoted-name' }, authorName(target.author, target.own)),
    element('bdi', { class: 'quoted' }, shortened(text, SNIPPET_MAX)),
    element('span', { class: 'since' }, editedSince(view, target)),
  );
  return quote;
}

function bodyOf(view: MessageView): HTMLElement[] {
  const said: HTMLElement[] = [];
  const mark = markOf(view);
  if (mark !== undefined) said.push(element('p', { class: 'state' }, mark));
  const type = view.type === 'text' || view.type === '' ? undefined : `[${escapeLine(view.type)}]`;
  if (type !== undefined) said.push(element('p', { class: 'state' }, element('bdi', {}, shortened(type, SNIPPET_MAX))));
  if (view.text) said.push(textElement(view.text));
  else if (said.length === 0 && view.attachments.length === 0) said.push(element('p', { class: 'state' }, '(no text)'));
  return said;
}

/** The text, each of its lines in its own direction. */
function textElement(text: string): HTMLElement {
  const harmless = escapeBlock(text.toWellFormed()).join('\n');
  const shown = element('div', { class: 'text', dir: 'auto' }, shortened(harmless, SHOWN_MAX));
  if (harmless.length <= SHOWN_MAX) return shown;
  const more = button(`Show all ${harmless.length} characters`, { class: 'more-text' }, () => {
    shown.textContent = harmless;
    more.remove();
  });
  return element('div', {}, shown, more);
}

function attachmentElement(attachment: AttachmentView, { save }: MessageActions): HTMLElement {
  const line = element('bdi', {}, attachmentLine(attachment));
  const saving =
    attachment.state === 'complete' ? button('Save', { class: 'save' }, () => save(attachment)) : undefined;
  return element('p', { class: 'attachment' }, line, saving);
}

function reactionsElement(view: MessageView): HTMLElement | undefined {
  const { shown, more } = reactionsOf(view);
  if (shown.length === 0) return undefined;
  const each = shown.map((text) => element('li', {}, element('bdi', {}, text)));
  const rest = more > 0 ? element('li', {}, `and ${more} more`) : undefined;
  return element('ul', { class: 'reactions', 'aria-label': 'Reactions' }, ...each, rest);
}
