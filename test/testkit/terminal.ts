// The built program on a pseudo terminal, as somebody sees it who sits there.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const HELPER = path.resolve(import.meta.dirname, 'terminal.py');
/** What the helper ends with when a question did not come. */
const UNASKED = 97;

/** How it runs. */
export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
  /** Questions in the order in which they come, by a part of their text, and what is typed. */
  readonly answers?: readonly (readonly [question: string, answer: string])[];
}

/** What the screen shows at the end, all that came to it, and the status. @throws Error when a question did not come */
export function inTerminal(
  command: readonly string[],
  { cwd, env, columns = 80, answers = [] }: TerminalOptions,
): { readonly status: number | null; readonly screen: string; readonly output: string } {
  const args = [HELPER, String(columns), JSON.stringify(answers), ...command];
  const { status, stdout, stderr, error } = spawnSync('python3', args, {
    cwd,
    env: { TERM: 'xterm', NO_COLOR: '1', ...env },
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  const output = stdout.toString('utf8');
  const screen = rendered(output);
  if (status === UNASKED) throw new Error(`not every question came: ${JSON.stringify(answers)}\n${screen}`);
  if (stderr.length > 0) throw new Error(stderr.toString());
  return { status, screen, output };
}

/** What is left of output on a screen that never scrolls away: lines that were written over are as they are last. */
function rendered(output: string): string {
  const lines: string[][] = [[]];
  let column = 0;
  const row = (): string[] => lines.at(-1) ?? [];
  for (const [piece, control] of output.matchAll(PIECES)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as below
    const [, count = '', verb] = /^\x1b\[([\d;]*)([A-Za-z])$/.exec(control ?? '') ?? [];
    if (verb === 'G') column = Number(count || 1) - 1;
    else if (verb === 'K' || verb === 'J') row().splice(column);
    else if (verb === 'C') column += Number(count || 1);
    else if (verb === 'D') column = Math.max(0, column - Number(count || 1));
    else if (piece === '\r') column = 0;
    else if (piece === '\n') lines.push([]);
    else if (control === undefined) row()[column++] = piece;
    if (piece === '\n') column = 0;
  }
  return lines.map((line) => Array.from(line, (one) => one ?? ' ').join('')).join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are told what to do by them
const PIECES = /(\x1b\[[?\d;]*[A-Za-z]|\x1b[=>])|[\s\S]/gu;
