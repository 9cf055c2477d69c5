// Questions to the person at the terminal; asked on stderr, so that stdout stays a result.
import { StringDecoder } from 'node:string_decoder';
import { Interrupted } from './interrupt.js';
import { foldLine } from './wrap.js';

const COLUMNS_USUAL = 80;
/** Of a blank and a short answer. */
const ANSWER_COLUMNS = 2;

/**
 * One line from the terminal, without its line break; undefined at its end (Ctrl-D).
 * @throws Interrupted
 */
export async function askLine(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new Promise<never>((_, reject) => {
    lines.once('SIGINT', () => {
      process.stderr.write('\n');
      reject(new Interrupted());
    });
  });
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(lastLineOf(question)), interrupted, ended]);
  } finally {
    lines.close();
  }
}

/** Writes a question that is wider than the terminal but for its last line, behind which the answer is typed. */
function lastLineOf(question: string): string {
  const lines = foldLine(question.trimEnd(), (process.stderr.columns || COLUMNS_USUAL) - ANSWER_COLUMNS);
  const last = lines.pop() ?? '';
  for (const line of lines) process.stderr.write(`${line}\n`);
  return last + question.slice(question.trimEnd().length);
}

/**
 * A secret from the terminal; nothing of it is shown.
 * @throws Interrupted
 */
export async function askSecret(question: string): Promise<string> {
  const input = process.stdin;
  process.stderr.write(question);
  input.setRawMode(true);
  try {
    return await readSecret(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    process.stderr.write('\n');
  }
}

/** The secret after one more piece of what was typed, and whether it is complete. */
export interface Typed {
  readonly secret: string;
  readonly state: 'open' | 'done' | 'interrupted';
}

/** What keys mean at a prompt for a secret: Enter and Ctrl-D end it, Backspace and Ctrl-U correct, Ctrl-C interrupts. */
export function typeSecret(secret: string, keys: string): Typed {
  let typed = secret;
  for (const key of keys) {
    if (key === '\r' || key === '\n' || key === '\x04') return { secret: typed, state: 'done' };
    if (key === '\x03') return { secret: '', state: 'interrupted' };
    if (key === '\x15') typed = '';
    else if (key === '\x7f' || key === '\b') typed = [...typed].slice(0, -1).join('');
    else if (key >= ' ') typed += key;
  }
  return { secret: typed, state: 'open' };
}

function readSecret(input: NodeJS.ReadStream): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let typed: Typed = { secret: '', state: 'open' };
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      input.off('data', onData).off('end', onEnd);
      settle();
    };
    const onEnd = (): void => finish(() => resolve(typed.secret));
    const onData = (bytes: Buffer): void => {
      typed = typeSecret(typed.secret, decoder.write(bytes));
      if (typed.state === 'done') onEnd();
      if (typed.state === 'interrupted') finish(() => reject(new Interrupted()));
    };
    input.on('data', onData).on('end', onEnd).resume();
  });
}
