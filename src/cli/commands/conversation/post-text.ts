// The text of one message: from the command line, a file, standard input, an editor, or typed at a prompt.
import { SatchelError } from '../../../format/error.js';
import { PAYLOAD_MAX } from '../../../format/limits.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';

/** More than this need not be read to know that it is too long. */
const READ_MAX = 4 * PAYLOAD_MAX;

type Given = Pick<Args<'post'>, 'text' | 'file' | 'edit'>;

/** A text, and whether somebody wrote it just now, so that it is nowhere else. */
interface Written {
  readonly text: string;
  readonly isNew: boolean;
}

/**
 * Does something with the text to post; `before` is what an editor shows at first. What was written for it is kept in a
 * file when that fails.
 * @throws SatchelError `usage` when there is none, `too-large`, `io`, `not-a-file`; Interrupted
 */
export async function withText<T>(
  context: Context,
  args: Given,
  work: (text: string) => Promise<T>,
  before?: string,
): Promise<T> {
  const written = await givenText(context, args, before);
  const text = withoutEnd(written.text);
  if (text.trim() === '') throw new SatchelError('usage', 'the message is empty');
  try {
    assertFits(text);
    return await work(text);
  } catch (error) {
    if (written.isNew) context.note(`what you wrote is kept in ${(await import('./unsent.js')).keepUnsent(text)}`);
    throw error;
  }
}

/**
 * What is found out before the text is asked for. Should that fail, what was typed or pasted ahead for a prompt that never
 * stood is thrown away: it is not for the shell to run.
 */
export async function forgetTypedOn<T>(context: Context, args: Given, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (isTyped(context, args)) {
      const { dropTyped } = await import('../../terminal/text-prompt.js');
      if ((await dropTyped()) > 0) context.note('what you typed meanwhile was thrown away');
    }
    throw error;
  }
}

/** Whether the text is to be typed at a prompt. */
function isTyped(context: Context, { text, file, edit }: Given): boolean {
  return text.length === 0 && file === undefined && !edit && context.canAsk();
}

function assertFits(text: string): void {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= PAYLOAD_MAX) return;
  throw new SatchelError('too-large', `the message has ${sizeBytes} bytes, more than ${PAYLOAD_MAX}`, {
    hint: 'split it, or post it line by line with --lines',
  });
}

async function givenText(context: Context, args: Given, before: string | undefined): Promise<Written> {
  const { text, file } = args;
  if (file !== undefined && text.length > 0) throw new SatchelError('usage', 'a text and --file exclude each other');
  const given = await textOf(text, file);
  const editor = await editorFor(context, args.edit, given === undefined);
  if (editor !== undefined) {
    const { editText } = await import('./editor.js');
    return { text: await editText(editor, given ?? before ?? ''), isNew: true };
  }
  if (given !== undefined) return { text: given, isNew: false };
  if (!context.canAsk()) throw noText();
  const { askText } = await import('../../terminal/text-prompt.js');
  return { text: await askText('Message, ended by Ctrl-D:'), isNew: true };
}

async function textOf(text: readonly string[], file: string | undefined): Promise<string | undefined> {
  const isInput = text.length === 1 && text[0] === '-';
  if (file === '-' || isInput)
    return decodeText((await import('../../terminal/input.js')).readInput(READ_MAX), 'standard input');
  if (file !== undefined) return decodeText(await readTextFile(file), file);
  return text.length > 0 ? text.join(' ') : undefined;
}

function noText(): SatchelError {
  return new SatchelError('usage', 'there is no text to post', {
    hint: 'give it on the command line, with --file FILE, or "-" for standard input',
  });
}

/** The editor that is to be used, if any: asked for on the line, or by the setting where somebody would type. */
async function editorFor(context: Context, isAsked: boolean, isOpen: boolean): Promise<string | undefined> {
  const editor = context.env['VISUAL'] || context.env['EDITOR'] || undefined;
  if (!isAsked) return isOpen && context.canAsk() && (await context.config())['post.editor'] ? editor : undefined;
  if (editor !== undefined) return editor;
  throw new SatchelError('usage', 'neither VISUAL nor EDITOR names an editor', {
    hint: 'set one of them, or leave -e away',
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
    throw new SatchelError('usage', `${name} is not UTF-8 text`, { hint: 'bring a file along with --attach FILE' });
  }
}

/** Without the line break that files and pipes end in. */
function withoutEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
