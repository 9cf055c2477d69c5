// A conversation as one page that runs no script and loads nothing (spec/cli.md, "Reading elsewhere").
import { createHash } from 'node:crypto';
import type { CitedView, MessageView } from '../../topic/reading/view.js';
import { attachmentLine } from '../report/attachment-lines.js';
import { hueOf, PAGE_HUES } from '../report/hue.js';
import { gapLine } from '../report/messages.js';
import { escapeLine } from '../terminal/escape.js';
import { formatDay, formatMoment, formatTime } from '../terminal/time.js';
import {
  anchorOf,
  answeredBy,
  beforeText,
  behindText,
  type Conversation,
  LEGEND,
  nameOf,
  type Surroundings,
  textLines,
} from './readable.js';
import { STYLE } from './style.js';

/** The page, piece by piece; `fileOf` says where its attachments lie from there. */
export function* htmlOf(conversations: readonly Conversation[], around: Surroundings): Generator<string> {
  const labels = conversations.map(({ viewer }) => escapeLine(viewer.topic.label));
  yield head(labels.join(', '), around.now);
  for (const [at, conversation] of conversations.entries()) {
    const { viewer, messages } = conversation;
    yield `<section>\n<h2><bdi>${html(labels[at] ?? '')}</bdi></h2>\n`;
    let day: string | undefined;
    for (const ordered of messages()) {
      const view = viewer.view(ordered);
      const today = view.time === undefined ? day : formatDay(view.time);
      if (today !== undefined && today !== day) yield `<h3 class="day"><span class="date">${html(today)}</span></h3>\n`;
      day = today;
      yield articleOf(view, conversation, around);
    }
    yield '</section>\n';
  }
  yield '</main>\n</body>\n</html>\n';
}

function head(title: string, now: number): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${html(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header class="bar">
<p>Written out by satchel on ${html(formatMoment(now))}, in the time of this computer.</p>
<p>${html(LEGEND)}</p>
</header>
<main>
`;
}

function articleOf(view: MessageView, conversation: Conversation, around: Surroundings): string {
  const gap = view.gap ? `<p class="gap"><bdi>${html(gapLine(view))}</bdi></p>\n` : '';
  const parts = [
    `<header><bdi class="name">${html(nameOf(view))}</bdi>${timeOf(view)}</header>`,
    quoteOf(view, conversation),
    ...beforeText(view).map(noteOf),
    textOf(view),
    ...view.attachments.map((_, at) => attachmentOf(view, at, around)),
    ...behindText(view, around).map(noteOf),
  ].filter((part) => part !== '');
  const marks = view.timeDoubtful ? ' doubtful' : '';
  const open = `<article id="${anchorOf(view.id)}" class="message hue-${hueOf(view.author, PAGE_HUES)}${marks}">`;
  return `${gap}${open}\n${parts.join('\n')}\n</article>\n`;
}

function timeOf({ time, timeDoubtful, id }: MessageView): string {
  const shown = time === undefined ? '--:--' : formatTime(time);
  return `<a class="time" href="#${anchorOf(id)}" title="${html(id)}">${shown}${timeDoubtful ? '?' : ''}</a>`;
}

function quoteOf(view: MessageView, conversation: Conversation): string {
  const answered = answeredBy(view, conversation);
  if (!answered) return '';
  const { name, text, at } = answered;
  const words = `${name === undefined ? '' : `<bdi class="quoted-name">${html(name)}</bdi> `}<bdi>${html(text)}</bdi>`;
  const href = anchorTo(at);
  return href === undefined ? `<p class="quote">↳ ${words}</p>` : `<a class="quote" href="${href}">↳ ${words}</a>`;
}

function anchorTo(cited: CitedView | undefined): string | undefined {
  return cited?.id === undefined ? undefined : `#${anchorOf(cited.id)}`;
}

function textOf(view: MessageView): string {
  const lines = textLines(view);
  return lines.length === 0 ? '' : `<div class="text" dir="auto">${lines.map(html).join('\n')}</div>`;
}

function noteOf(note: string): string {
  return `<p class="state"><bdi>${html(note)}</bdi></p>`;
}

function attachmentOf(view: MessageView, at: number, around: Surroundings): string {
  const attachment = view.attachments[at];
  if (!attachment) return '';
  const file = around.fileOf(view, at + 1);
  const line = `<bdi>${html(attachmentLine(attachment))}</bdi>`;
  if (file === undefined) return `<p class="attachment lacking">${line}</p>`;
  const href = file.split('/').map(encodeURIComponent).join('/');
  return `<p class="attachment"><a href="${html(href)}" download rel="noreferrer">${line}</a></p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text, never markup: also within the quotes of an attribute. */
function html(text: string): string {
  return text.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);
}
