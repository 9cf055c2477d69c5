// satchel inspect: what a bundle or card contains; no repository is needed (spec/cli.md, "Exchange").
import type { Context } from '../context.js';
import { explainFile } from '../explain.js';
import type { Args } from '../table/commands.js';

/** Explains it; with `--text` to the last byte, and says only at the end whether all of it is right. */
export function run(context: Context, args: Args<'inspect'>): Promise<number> {
  return explainFile(context, args.file, { text: args.text });
}
