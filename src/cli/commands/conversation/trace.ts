// satchel trace: the way of one message, and what to do for those who lack it (spec/cli.md, "trace").

import { traceEntry } from '../../../sync/known/trace.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { traceJson } from '../../report/trace-json.js';
import { traceLines } from '../../report/trace-report.js';
import type { Traced } from '../../report/traced.js';
import { viewEntry } from '../../report/view-entry.js';

/** Prints it as lines, or as one document. */
export async function run(context: Context, args: Args<'trace'>): Promise<void> {
  const session = openSession(await context.repository());
  const { place, view, viewer } = viewEntry(session, args.id);
  const traced: Traced = { session, view, people: viewer.people, trace: traceEntry(session, place) };
  if (context.json) return context.printJson(traceJson(context, traced));
  for (const line of traceLines(context, traced)) context.print(line);
}
