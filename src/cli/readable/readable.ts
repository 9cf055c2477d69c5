// A conversation on its way into a file that other programs read (spec/cli.md, "Reading elsewhere"): what each form of it
// needs to know, and what all of them say of a message besides its text.
import type { EntryId, PersonId } from '../../format/ids.js';
import type { OrderedEntry } from '../../topic/order/order.js';
import type { CitedView, MessageView } from '../../topic/reading/view.js';
import type { Viewer } from '../../topic/reading/viewer.js';
import { authorName, editedSince, markOf, snippetOf, stateText } from '../report/messages.js';
import { escapeBlock, escapeLine } from '../terminal/escape.js';
import { SNIPPET_MAX, shortened } from '../terminal/shortened.js';
import { formatMoment } from '../terminal/time.js';

/** The messages of a topic, as often as they are asked for. */
export interface Conversation {
  readonly viewer: Viewer;
  messages(): Iterable<OrderedEntry>;
  /** Whether the message that stands there is among them. */
  has(place: Pick<CitedView, 'log' | 'seq'>): boolean;
}

/** What is around the conversations. */
export interface Surroundings {
  /** When they are written out, ms. */
  readonly now: number;
  /** What somebody is called, harmless. */
  nameOf(person: PersonId): string;
  /** Where an attachment was saved, from the file that is written; undefined of one that is not there. */
  fileOf(view: MessageView, number: number): string | undefined;
  /** Its bytes, piece by piece; undefined where they are not here. */
  contentOf(view: MessageView, number: number): Iterable<Buffer> | undefined;
}

/** Writes conversations down, piece by piece. */
export type Form = (conversations: readonly Conversation[], around: Surroundings) => Iterable<string>;

/** What is said of the message that another one answers. */
export interface Answered {
  /** Undefined when nothing can be said of it. */
  readonly name: string | undefined;
  readonly text: string;
  /** Where it is shown; undefined of what is not among the messages. */
  readonly at: CitedView | undefined;
}

/** What each form says once about the signs that it uses. */
export const LEGEND =
  'A ~ stands before a name that its owner chose, and nobody here has accepted. A ? behind a time: the clock that wrote it can’t have been right.';

/** The name of the author, with a tilde for who is no contact. */
export function nameOf({ author, own }: Pick<MessageView, 'author' | 'own'>): string {
  return authorName(author, own);
}

/** The message that this one answers, if it answers one. */
export function answeredBy(view: MessageView, { viewer, has }: Conversation): Answered | undefined {
  if (!view.reply) return undefined;
  const target = viewer.at(view.reply);
  if (!target) return { name: undefined, text: '(not here)', at: undefined };
  const text =
    target.text === undefined ? (stateText(target.state) ?? '') : shortened(snippetOf(target.text), SNIPPET_MAX);
  const at = view.answers && has(view.answers) ? view.answers : undefined;
  return { name: nameOf(target), text: `${text}${editedSince(view, target)}`, at };
}

/** Said of an answer that is older than the text it answers has now; empty of others. */
export function sinceAnswered(view: MessageView, viewer: Viewer): string[] {
  const target = view.reply && viewer.at(view.reply);
  return target && editedSince(view, target) !== '' ? ['(answers a text that was edited since)'] : [];
}

/** The lines of the text, harmless. */
export function textLines({ text = '' }: Pick<MessageView, 'text'>): string[] {
  return text === '' ? [] : escapeBlock(text.toWellFormed());
}

/** What stands for a text, before it: why it is not shown, or that the message is of another kind. */
export function beforeText(view: MessageView): string[] {
  const state = view.waitsFor ? markOf(view) : stateText(view.state);
  const type = view.type === 'text' || view.type === '' ? undefined : `[${escapeLine(view.type)}]`;
  const said = [state, type].filter((one) => one !== undefined);
  const isEmpty = said.length === 0 && !view.text && view.attachments.length === 0;
  return isEmpty ? ['(no text)'] : said;
}

/** What stands behind it: when it was edited, and what people react with. */
export function behindText({ edited, reactions }: MessageView, { nameOf: name }: Surroundings): string[] {
  const told = reactions.map(({ text, by }) => `${escapeBlock(text).join(' ')} ${by.map(name).join(', ')}`);
  return [...(edited ? [`(edited ${formatMoment(edited.time)})`] : []), ...told];
}

/** What a message is called within one file. */
export function anchorOf(id: EntryId): string {
  return `m-${id.slice(0, ANCHOR_DIGITS)}`;
}

/** So many that no two messages of a conversation share them. */
const ANCHOR_DIGITS = 20;
