// Puts messages on stdout as they come: as lines for people, or one JSON document a line.
import type { TopicId } from '../../format/ids.js';
import type { OrderedEntry } from '../../topic/order/order.js';
import type { CitedView, MessageView, Snippet } from '../../topic/reading/view.js';
import type { Viewer } from '../../topic/reading/viewer.js';
import type { Context } from '../command/context.js';
import { escapeLine, jsonText } from '../terminal/escape.js';
import { lookAhead } from './look-ahead.js';
import { messageJson } from './message-json.js';
import { type MessageOptions, type MessageRenderer, nameColumns, openRenderer, renderMessages } from './messages.js';

/** Shows messages in parts, which go on where the one before ended. */
export interface Display {
  /** Shows them. A list is laid out as a whole, a stream by what comes first. */
  show(viewer: Viewer, messages: Iterable<OrderedEntry>): Shown;
}

/** How much was shown. */
export interface Shown {
  readonly count: number;
  readonly unread: number;
}

/** How they are shown to people. */
export interface DisplayOptions {
  readonly graph?: boolean;
  /** They are of several topics: above those of each stands its label. */
  readonly topics?: boolean;
  /** Columns of the authors' names, where messages come one by one; else as many as those have that are shown first. */
  readonly nameColumns?: number;
}

/** A display on the context's stdout. */
export function openDisplay(context: Context, options: DisplayOptions = {}): Display {
  const print = (line: string): void => context.stdout.write(`${line}\n`);
  if (context.json) return { show: (viewer, messages) => showEach(viewer, messages, (view) => print(jsonLine(view))) };
  let viewer: Viewer | undefined;
  let render: MessageRenderer | undefined;
  let shown: TopicId | undefined;
  const head = options.topics ? topicHead(context) : undefined;
  const rendering: MessageOptions = {
    style: context.style,
    find: (cited: CitedView): Snippet | undefined => viewer?.at(cited),
    columns: context.stdout.columns,
  };
  return {
    show(present, messages) {
      viewer = present;
      const before = head?.(present);
      if (options.graph) return printGraph(context, present, messages, { ...rendering, before });
      if (options.topics && shown !== present.topic.topic) render = undefined;
      shown = present.topic.topic;
      const { first, all } = lookAhead(messages);
      render ??= openRenderer(rendering, { nameColumns: options.nameColumns ?? namesIn(present, first) });
      const draw = render;
      return showEach(present, all, (view) => {
        before?.();
        if (!context.quiet) print(draw(view).join('\n'));
      });
    },
  };
}

/** Prints the label of a topic before its first message, unless the last message was of that topic too. */
export function topicHead(context: Context): (viewer: Viewer) => () => void {
  let last: TopicId | undefined;
  return ({ topic: { topic, label } }) =>
    () => {
      if (topic === last) return;
      if (last !== undefined) context.print('');
      context.print(context.style.bold(`# ${escapeLine(label)}`));
      last = topic;
    };
}

function jsonLine(view: MessageView): string {
  return jsonText(messageJson(view));
}

function showEach(viewer: Viewer, messages: Iterable<OrderedEntry>, show: (view: MessageView) => unknown): Shown {
  let count = 0;
  let unread = 0;
  for (const ordered of messages) {
    const view = viewer.view(ordered);
    count++;
    if (view.unread) unread++;
    show(view);
  }
  return { count, unread };
}

/** The lanes of a graph depend on what comes later: it is drawn as a whole. */
function printGraph(
  context: Context,
  viewer: Viewer,
  messages: Iterable<OrderedEntry>,
  { before, ...rendering }: MessageOptions & { readonly before: (() => void) | undefined },
): Shown {
  const views = Array.from(messages, viewer.view);
  if (views.length > 0) before?.();
  for (const line of renderMessages(views, { ...rendering, graph: true })) context.print(line);
  return { count: views.length, unread: views.filter((view) => view.unread).length };
}

/** Columns that the names of their authors have. */
export function namesIn({ people }: Viewer, messages: readonly OrderedEntry[]): number {
  const logs = new Set(messages.map(({ entry }) => entry.log));
  return nameColumns([...logs].map((log) => ({ author: people.authorOf(log), own: people.isOwn(log) })));
}
