// What is handed out to a consumer: as `read` shows it, and in JSON with its offset (spec/cli.md, "feed").
import { type EntryId, shortId } from '../../format/ids.js';
import type { Consumer } from '../../topic/feed/consumer.js';
import type { Handed } from '../../topic/feed/handed-out.js';
import type { MessageView } from '../../topic/reading/view.js';
import type { Context } from '../command/context.js';
import { jsonText } from '../terminal/escape.js';
import { plural } from '../terminal/size.js';
import { openDisplay } from './display.js';
import { messageJson } from './message-json.js';
import { NAME_COLUMNS_MAX, stateText } from './messages.js';

/** Shows messages as they are handed out. */
export interface FeedDisplay {
  show(handed: Handed): void;
  /** Tells people how what was shown is committed. */
  tellNext(consumer: Consumer, command: string): void;
}

/** A display on the context's stdout; what is handed out is printed with `--quiet` too. */
export function openFeedDisplay(context: Context, options: { readonly topics: boolean }): FeedDisplay {
  const print = (line: string): void => context.stdout.write(`${line}\n`);
  const display = openDisplay({ ...context, quiet: false }, { ...options, nameColumns: NAME_COLUMNS_MAX });
  return {
    show: (handed) => {
      if (context.json) print(jsonText(handedJson(handed)));
      else if (handed.shown) display.show(handed.shown.viewer, [handed.shown.ordered].values());
      else print(`${shortId(handed.id)} ${(handed.state && stateText(handed.state)) ?? '(not here any more)'}`);
    },
    tellNext: ({ offset, handedOut }, command) => {
      if (handedOut.length === 0) return;
      context.note(
        `${plural(handedOut.length, 'message')}, with offsets from ${offset + 1} on; until they are committed they come again: ${command}`,
      );
    },
  };
}

function handedJson({ offset, id, shown, state }: Handed): Record<string, unknown> {
  if (!shown) return { offset, id, gone: true, state: state ?? null };
  const view = shown.viewer.view(shown.ordered);
  return { offset, ...messageJson(view), edits: aboutIn(view, 'edit'), reacts: aboutIn(view, 'reaction') };
}

/** The id of the message that this one is about, if it is of that kind. */
function aboutIn({ state, about }: MessageView, kind: 'edit' | 'reaction'): EntryId | null {
  return state === kind ? (about?.id ?? null) : null;
}
