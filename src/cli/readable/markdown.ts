// A conversation as Markdown (spec/cli.md, "Reading elsewhere"): what others wrote stands in quotes, and none of it counts as
// markup.
import type { MessageView } from '../../topic/reading/view.js';
import { attachmentLine } from '../report/attachment-lines.js';
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

/** The text, piece by piece; `fileOf` says where its attachments lie from there. */
export function* markdownOf(conversations: readonly Conversation[], around: Surroundings): Generator<string> {
  yield `Written out by satchel on ${formatMoment(around.now)}, in the time of this computer. ${literal(LEGEND)}\n`;
  for (const conversation of conversations) {
    const { viewer, messages } = conversation;
    yield `\n# ${literal(escapeLine(viewer.topic.label))}\n`;
    let day: string | undefined;
    for (const ordered of messages()) {
      const view = viewer.view(ordered);
      const today = view.time === undefined ? day : formatDay(view.time);
      if (today !== undefined && today !== day) yield `\n## ${today}\n`;
      day = today;
      yield blockOf(view, conversation, around);
    }
  }
}

/** Paragraphs with an empty line before each. */
function blockOf(view: MessageView, conversation: Conversation, around: Surroundings): string {
  const time = view.time === undefined ? '--:--' : formatTime(view.time);
  const head = `<a id="${anchorOf(view.id)}"></a>**${literal(nameOf(view))}** ${time}${view.timeDoubtful ? '?' : ''}`;
  const paragraphs = [
    ...(view.gap ? [`*${literal(gapLine(view))}*`] : []),
    head,
    ...answerOf(view, conversation),
    ...beforeText(view).map((note) => `*${literal(note)}*`),
    ...textOf(view),
    ...view.attachments.map((_, at) => attachmentOf(view, at, around)),
    ...behindText(view, around).map((note) => `*${literal(note)}*`),
  ];
  return paragraphs.map((paragraph) => `\n${paragraph}\n`).join('');
}

function answerOf(view: MessageView, conversation: Conversation): string[] {
  const answered = answeredBy(view, conversation);
  if (!answered) return [];
  const { name, text, at } = answered;
  const words = `↳ ${name === undefined ? '' : `${literal(name)}: `}${literal(text)}`;
  return [at?.id === undefined ? words : `[${words}](#${anchorOf(at.id)})`];
}

/** Each line is a line of the quote. */
function textOf(view: MessageView): string[] {
  const lines = textLines(view);
  if (lines.length === 0) return [];
  const last = lines.length - 1;
  const quoted = lines.map((line, at) => {
    const isBroken = at < last && line.trim() !== '' && lines[at + 1]?.trim() !== '';
    return `> ${literal(line)}${isBroken ? '\\' : ''}`.trimEnd();
  });
  return [quoted.join('\n')];
}

function attachmentOf(view: MessageView, at: number, around: Surroundings): string {
  const attachment = view.attachments[at];
  if (!attachment) return '';
  const file = around.fileOf(view, at + 1);
  const line = literal(attachmentLine(attachment));
  if (file === undefined) return `*attached: ${line}*`;
  return `attached: [${line}](${file.split('/').map(linkPart).join('/')})`;
}

/** What a link's end could be taken for is a code too. */
function linkPart(part: string): string {
  return encodeURIComponent(part).replace(/[()'!*]/g, (found) => `%${found.charCodeAt(0).toString(16)}`);
}

/** Text that Markdown shows as it is: what could begin a block stands at the beginning of a line only. */
function literal(text: string): string {
  const harmless = text.replace(/[\\`*_[\]<>|~&$]/g, '\\$&');
  const begun = harmless.replace(/^(\s*)([#+=:-]|\d+(?=[.)]))/, (_, space: string, sign: string) =>
    /\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`,
  );
  return begun.replace(/^ +/, (spaces) => '&nbsp;'.repeat(spaces.length));
}
