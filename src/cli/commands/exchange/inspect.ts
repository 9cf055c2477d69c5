// satchel inspect: what a bundle or card contains; no repository is needed (spec/cli.md, "Exchange").
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { explainFile } from '../../report/explain.js';

/** Explains it; with `--text` to the last byte, and says only at the end whether all of it is right. */
export function run(context: Context, args: Args<'inspect'>): Promise<number> {
  return explainFile(context, args.file, { text: args.text });
}
