// A prompt for a text of several lines (spec/cli.md, "The prompt"): whatever was typed or pasted for it is in the text, or thrown
// away, and never left for the shell to run.
import { SatchelError } from '../../format/error.js';
import { Interrupted } from './interrupt.js';
import { TypedText } from './typed-text.js';

/** What a paste brings is there without a pause: Ctrl-D with nothing behind it for so long was pressed by somebody. */
const QUIET_MS = 50;
/** A paste of which so long nothing comes has lost its end. */
const PASTE_LOST_MS = 2_000;
const COLUMNS = 80;
/** Has the terminal mark what is pasted, and stop it. */
const MARK_PASTES = '\x1b[?2004h';
const MARK_NO_PASTES = '\x1b[?2004l';

/**
 * A text from the terminal, up to Ctrl-D.
 * @throws Interrupted, or SatchelError `usage` when what comes is no UTF-8
 */
export async function askText(question: string): Promise<string> {
  return raw(async (input) => {
    process.stderr.write(`${question}\n${MARK_PASTES}`);
    try {
      return await gather(input);
    } finally {
      process.stderr.write(`${MARK_NO_PASTES}\n`);
    }
  });
}

/** Throws away what was typed for a prompt that never stood, and returns how many bytes that were. */
export async function dropTyped(): Promise<number> {
  return raw(async (input) => {
    let sizeBytes = 0;
    const count = (piece: Buffer): number => {
      sizeBytes += piece.length;
      return QUIET_MS;
    };
    await untilQuiet(input, count, QUIET_MS);
    return sizeBytes;
  });
}

async function gather(input: NodeJS.ReadStream): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const typed = new TypedText();
  let isText = true;
  const draw = (piece: Buffer): string => {
    try {
      return typed.push(decoder.decode(piece, { stream: true }), process.stderr.columns || COLUMNS);
    } catch {
      isText = false;
      return '';
    }
  };
  const take = (piece: Buffer): number | undefined => {
    if (isText && typed.state !== 'interrupted') process.stderr.write(draw(piece));
    return pauseAfter(typed, isText);
  };
  for (;;) {
    await untilQuiet(input, take, pauseAfter(typed, isText));
    if (!isText) throw new SatchelError('usage', 'what was typed is not UTF-8 text');
    if (typed.state === 'interrupted') throw new Interrupted();
    if (typed.state === 'ended') return typed.text;
    typed.giveUpPaste();
  }
}

/** How long to wait for more before what came is looked at; undefined when only more can end it. */
function pauseAfter(typed: TypedText, isText: boolean): number | undefined {
  if (!isText || typed.state !== 'open') return QUIET_MS;
  return typed.isPaste ? PASTE_LOST_MS : undefined;
}

/** Takes what comes until nothing has come for the time that the last piece asked for. @throws Interrupted at its end */
function untilQuiet(
  input: NodeJS.ReadStream,
  take: (piece: Buffer) => number | undefined,
  firstMs: number | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      input.off('data', onData).off('end', onEnd).off('error', onEnd);
      settle();
    };
    const wait = (ms: number | undefined): void => {
      clearTimeout(timer);
      timer = ms === undefined ? undefined : setTimeout(() => finish(resolve), ms);
    };
    const onData = (piece: Buffer): void => wait(take(piece));
    // the terminal has gone, and with it whoever could say that the text is complete
    const onEnd = (): void => finish(() => reject(new Interrupted()));
    input.on('data', onData).on('end', onEnd).on('error', onEnd).resume();
    wait(firstMs);
  });
}

async function raw<T>(work: (input: NodeJS.ReadStream) => Promise<T>): Promise<T> {
  const input = process.stdin;
  input.setRawMode(true);
  try {
    return await work(input);
  } finally {
    input.setRawMode(false);
    input.pause();
  }
}
