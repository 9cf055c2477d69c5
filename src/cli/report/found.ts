// Puts what a search found on stdout, under its topics and days: as lines for people, or one JSON document a line
// (spec/cli.md, "search").
import type { Found } from '../../topic/reading/search.js';
import type { Viewer } from '../../topic/reading/viewer.js';
import type { Context } from '../command/context.js';
import { namesIn, topicHead } from './display.js';
import type { GraphRow } from './graph.js';
import { lookAhead } from './look-ahead.js';
import { messageJson } from './message-json.js';
import { openRenderer } from './messages.js';

/** Shows what was found in one topic after the other. */
export interface FoundDisplay {
  /** Shows it as it comes, and says how many messages match. */
  show(viewer: Viewer, found: Iterable<Found>): number;
}

const MATCH = sideRow('> ');
const NEAR = sideRow('  ');

/** A display on the context's stdout; among messages that stand `near` a match these are marked at the left. */
export function openFoundDisplay(context: Context, near: boolean): FoundDisplay {
  const head = topicHead(context);
  return {
    show(viewer, found) {
      const printHead = head(viewer);
      const { style, stdout } = context;
      const { first, all } = lookAhead(found);
      const names = namesIn(
        viewer,
        first.map(({ ordered }) => ordered),
      );
      const draw = openRenderer({ style, columns: stdout.columns, find: viewer.at }, { nameColumns: names });
      let last: number | undefined;
      let count = 0;
      for (const { ordered, isMatch, place } of all) {
        const view = viewer.view(ordered);
        if (isMatch) count++;
        if (context.json) {
          context.printJson({ ...messageJson(view), match: isMatch });
          continue;
        }
        printHead();
        if (near && last !== undefined && Math.abs(place - last) > 1) context.print(style.dim('--'));
        last = place;
        context.print(draw(view, near ? (isMatch ? MATCH : NEAR) : undefined).join('\n'));
      }
      return count;
    },
  };
}

/** What stands left of a message, as a lane of a graph would. */
function sideRow(text: string): GraphRow {
  return { edges: undefined, at: [{ text, lane: 0 }], below: [{ text: '  ', lane: 0 }], width: 2 };
}
