// What is shown on a terminal, by a pager if there is one (spec/cli.md, "read").
import type { Context } from '../command/context.js';
import { writeText } from '../terminal/write-text.js';

/** Where something is shown that may be long. */
export interface PagedOutput {
  /** The context to show it with. */
  readonly context: Context;
  /** Shows what was gathered; false when the pager did not take all of it, or ended badly. */
  show(): Promise<boolean>;
}

/** An output that goes through the pager where `isWanted` and somebody watches; else straight to stdout. */
export function openPaged(context: Context, isWanted: boolean): PagedOutput {
  const { page, stdout, json, quiet } = context;
  if (!isWanted || !page || !stdout.isTerminal || json || quiet) {
    return {
      context,
      show: async () => {
        stdout.flush();
        return true;
      },
    };
  }
  const gathered: Buffer[] = [];
  const output = {
    isTerminal: true,
    columns: stdout.columns,
    write: (chunk: string | Uint8Array) => void gathered.push(Buffer.from(chunk)),
    flush: () => {},
  };
  return {
    context: { ...context, stdout: output, print: (line) => writeText(output, `${line}\n`) },
    show: async () => {
      const text = Buffer.concat(gathered).toString('utf8');
      const became = text === '' ? 'taken' : await page(text);
      if (became === 'no-pager') stdout.write(text);
      return became !== 'left';
    },
  };
}
