// The text of one message: from the command line, a file, standard input, or typed at a prompt.
import { SatchelError } from '../../../format/error.js';
import { PAYLOAD_MAX } from '../../../format/limits.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';

/** More than this need not be read to know that it is too long. */
const READ_MAX = 4 * PAYLOAD_MAX;

/**
 * The text to post.
 * @throws SatchelError `usage` when there is none, `too-large`, `io`, `not-a-file`
 */
export async function textToPost(context: Context, args: Pick<Args<'post'>, 'text' | 'file'>): Promise<string> {
  const text = withoutEnd(await givenText(context, args));
  if (text.trim() === '') throw new SatchelError('usage', 'the message is empty');
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= PAYLOAD_MAX) return text;
  throw new SatchelError('too-large', `the message has ${sizeBytes} bytes, more than ${PAYLOAD_MAX}`, {
    hint: 'split it, or post it line by line with --lines',
  });
}

async function givenText(context: Context, { text, file }: Pick<Args<'post'>, 'text' | 'file'>): Promise<string> {
  const isInput = text.length === 1 && text[0] === '-';
  if (file !== undefined && text.length > 0) throw new SatchelError('usage', 'a text and --file exclude each other');
  if (file === '-' || isInput)
    return decodeText((await import('../../terminal/input.js')).readInput(READ_MAX), 'standard input');
  if (file !== undefined) return decodeText(await readTextFile(file), file);
  if (text.length > 0) return text.join(' ');
  if (context.canAsk()) return (await (await import('../../terminal/prompt.js')).askLine('Message: ')) ?? '';
  throw new SatchelError('usage', 'there is no text to post', {
    hint: 'give it on the command line, with --file FILE, or "-" for standard input',
  });
}

async function readTextFile(file: string): Promise<Buffer> {
  const { openFile } = await import('../../../sync/import/source.js');
  const source = openFile(file);
  try {
    if (source.size <= READ_MAX) return source.read(0, source.size);
    throw new SatchelError('too-large', `${file} has ${source.size} bytes, a message at most ${PAYLOAD_MAX}`);
  } finally {
    source.close();
  }
}

function decodeText(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SatchelError('usage', `${name} is not UTF-8 text`);
  }
}

/** Without the line break that files and pipes end in. */
function withoutEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
