// Puts messages on stdout as they come: as lines for people, or one JSON document a line.
import type { Dep } from '../topic/message.js';
import type { OrderedEntry } from '../topic/order.js';
import type { MessageView } from '../topic/view.js';
import type { Viewer } from '../topic/viewer.js';
import type { Context } from './context.js';
import { messageJson } from './message-json.js';
import { type MessageOptions, type MessageRenderer, nameColumns, openRenderer, renderMessages } from './messages.js';

/** Shows messages of one topic, in parts, which go on where the one before ended. */
export interface Display {
  /** Shows them; returns how many of them were unread. A list is laid out as a whole, all else as it comes. */
  show(viewer: Viewer, messages: Iterable<OrderedEntry>): number;
}

/** A display on the context's stdout. */
export function openDisplay(context: Context, options: { readonly graph?: boolean } = {}): Display {
  if (context.json) return { show: (viewer, messages) => printEach(context, viewer, messages, jsonLine) };
  let viewer: Viewer | undefined;
  let render: MessageRenderer | undefined;
  const rendering: MessageOptions = {
    style: context.style,
    find: (place: Dep): MessageView | undefined => viewer?.at(place),
    columns: context.stdout.isTerminal ? context.stdout.columns : undefined,
  };
  return {
    show(present, messages) {
      viewer = present;
      if (options.graph) return printGraph(context, present, messages, rendering);
      render ??= openRenderer(rendering, Array.isArray(messages) ? widthFor(present, messages) : {});
      const draw = render;
      return printEach(context, present, messages, (view) => draw(view).join('\n'));
    },
  };
}

function jsonLine(view: MessageView): string {
  return JSON.stringify(messageJson(view));
}

function printEach(
  context: Context,
  viewer: Viewer,
  messages: Iterable<OrderedEntry>,
  lineOf: (view: MessageView) => string,
): number {
  let unread = 0;
  for (const ordered of messages) {
    const view = viewer.view(ordered);
    if (view.unread) unread++;
    if (!context.quiet) context.stdout.write(`${lineOf(view)}\n`);
  }
  return unread;
}

/** The lanes of a graph depend on what comes later: it is drawn as a whole. */
function printGraph(
  context: Context,
  viewer: Viewer,
  messages: Iterable<OrderedEntry>,
  rendering: MessageOptions,
): number {
  const views = Array.from(messages, viewer.view);
  for (const line of renderMessages(views, { ...rendering, graph: true })) context.print(line);
  return views.filter((view) => view.unread).length;
}

function widthFor(viewer: Viewer, messages: readonly OrderedEntry[]): { nameColumns: number } {
  const logs = new Set(messages.map(({ entry }) => entry.log));
  return {
    nameColumns: nameColumns(
      [...logs].map((log) => ({ author: viewer.people.authorOf(log), own: viewer.people.isOwn(log) })),
    ),
  };
}
