// What a failed command tells on stderr, and the exit status (spec/cli.md, "Errors", "Exit codes").
import { SatchelError } from '../../format/error.js';
import { escapeLine, jsonText } from '../terminal/escape.js';
import { quoteWord } from './next.js';

/** The report of a failure: text for stderr, and the exit status it leads to. */
export interface Failure {
  readonly exit: number;
  readonly text: string;
}

/** What is told with a failure that does not end the process. */
export interface Within {
  /** What the process ends with, when that is not the failure's own. */
  readonly exit: number;
  /** The number of the piece of input that it is about, under what such a piece is called. */
  readonly at?: Readonly<Record<string, number>>;
}

/** The failure as people (`satchel: error:`, `satchel: hint:`) or, with `json`, as programs read it; `file` is what it is about. */
export function describeFailure(
  error: unknown,
  options: {
    readonly json: boolean;
    readonly trace?: boolean /** The file that it is about. */;
    readonly file?: string;
    readonly within?: Within;
  },
): Failure {
  const known = error instanceof SatchelError ? error : unexpected(error);
  const { code, message, hint } = known;
  const exit = options.within?.exit ?? known.exit;
  if (options.json) {
    return {
      exit,
      text: `${jsonText({ type: 'error', code, exit, message, hint, file: options.file, ...options.within?.at })}\n`,
    };
  }
  const where = options.file === undefined || message.includes(options.file) ? '' : `${options.file}: `;
  const lines = [`satchel: error: ${escapeLine(`${where}${message}`)}`];
  if (hint !== undefined) lines.push(`satchel: hint: ${withFile(escapeLine(hint), options.file)}`);
  if (options.trace) lines.push(...traceOf(error));
  return { exit, text: `${lines.join('\n')}\n` };
}

/** Hints that come from below know no file names. */
function withFile(hint: string, file: string | undefined): string {
  return file === undefined ? hint : hint.replace(/(?<=--salvage )FILE$/, () => quoteWord(file));
}

function unexpected(error: unknown): SatchelError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new SatchelError('internal', `unexpected: ${message}`, {
    cause: error,
    hint: 'this is a bug in satchel; look with "satchel status" before you run it again; SATCHEL_TRACE=1 shows where',
  });
}

function traceOf(error: unknown): string[] {
  const lines: string[] = [];
  for (let at = error; at instanceof Error && lines.length < 200; at = at.cause) {
    lines.push(...(at.stack ?? String(at)).split('\n').map(escapeLine));
  }
  return lines;
}
