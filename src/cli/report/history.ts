// The texts that a message had, and who reacted to it (spec/cli.md, "show").
import { type PersonId, shortId } from '../../format/ids.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { textOf } from '../../topic/message/message.js';
import { messageIn } from '../../topic/payload.js';
import type { EditView, MessageView } from '../../topic/reading/view.js';
import type { Viewer } from '../../topic/reading/viewer.js';
import { escapeLine } from '../terminal/escape.js';
import { formatMoment } from '../terminal/time.js';
import { truncate } from '../terminal/width.js';
import { snippetOf } from './messages.js';

const SNIPPET_COLUMNS = 60;

/** What it takes to tell it. */
interface Told {
  readonly view: MessageView;
  readonly entry: StoredEntry;
  readonly viewer: Viewer;
  readonly nameOf: (person: PersonId) => string;
}

/** What an edit or a reaction is about; the former texts, oldest first; who reacted. */
export function historyRows({ view, entry, viewer, nameOf }: Told): (readonly [string, string])[] {
  const { about, edited, reactions } = view;
  const former = edited ? versionsOf(entry, viewer).slice(0, -1) : [];
  return [
    ...(about?.id ? [['about', shortId(about.id)] as const] : []),
    ...former.map((version, i) => [i === 0 ? 'before' : '', told(version)] as const),
    ...(edited ? [['edited', `${formatMoment(edited.time)} ${shortId(edited.id)}`] as const] : []),
    ...reactions.map(({ text, by }, i) => [i === 0 ? 'reactions' : '', reacted(text, by.map(nameOf))] as const),
  ];
}

/** Its texts, oldest first, the first under the id of the message itself. */
export function versionsOf(entry: StoredEntry, viewer: Viewer): readonly EditView[] {
  const message = messageIn(entry);
  const first = message && { id: entry.id, time: message.time, text: textOf(message) ?? '' };
  return [...(first ? [first] : []), ...viewer.editsOf(entry)];
}

function told({ id, time, text }: EditView): string {
  return `${formatMoment(time)} ${shortId(id)}: ${truncate(snippetOf(text), SNIPPET_COLUMNS)}`;
}

function reacted(text: string, names: readonly string[]): string {
  return escapeLine(`${text} ${names.join(', ')}`);
}
