// A text on the command line that is the name of a file: perhaps the file was to come along (spec/cli.md, "post").
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { plural } from '../../terminal/size.js';
import { statOf } from '../identity/new-file.js';

/** Files that the hint names, at most: so many lines need not be read. */
const NAMED_MAX = 4;

/** Says so once the text is posted, and how the file is brought along. */
export function noteNamedFiles(context: Context, { text, topic }: Pick<Args<'post'>, 'text' | 'topic'>): void {
  const files = filesNamedBy(text);
  if (files.length === 0) return;
  const what = files.length === 1 ? 'the text is the name of a file' : `the text names ${plural(files.length, 'file')}`;
  const attach = files.slice(0, NAMED_MAX).map((file) => ` --attach ${quoteWord(file)}`);
  const more = files.length > NAMED_MAX ? ' ...' : '';
  const words = `post${topic === undefined ? '' : ` -t ${quoteWord(topic)}`}${attach.join('')}${more}`;
  context.note(
    `${what}, and only that was posted; to bring ${files.length === 1 ? 'it' : 'them'} along: ${nextCommand(context.directory, words, context.env)}`,
  );
}

/** The whole of it, else each of its words where all of them do. */
function filesNamedBy(text: readonly string[]): readonly string[] {
  const whole = text.join(' ');
  if (whole === '' || whole === '-') return [];
  if (isFile(whole)) return [whole];
  return text.length > 1 && text.every(isFile) ? text : [];
}

/** What cannot be a name, or be looked at, is no file: the text was posted in any case. */
function isFile(name: string): boolean {
  try {
    return statOf(name)?.isFile() === true;
  } catch {
    return false;
  }
}
