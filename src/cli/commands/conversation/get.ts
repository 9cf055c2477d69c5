// satchel get: saves the files that a message brings, whole or not at all (spec/cli.md, "get").

import path from 'node:path';
import { EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import { type EntryId, shortId } from '../../../format/ids.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import type { Repository } from '../../../repository/repository.js';
import { openSession } from '../../../sync/session.js';
import { compareWithFile, fileChunks, fileSizeOf } from '../../../topic/message/attached-file.js';
import type { AttachmentView, MessageView } from '../../../topic/reading/view.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { progressText } from '../../report/attachment-lines.js';
import { attachmentJson } from '../../report/message-json.js';
import { stateText } from '../../report/messages.js';
import { viewEntry } from '../../report/view-entry.js';
import { escapeLine, jsonText } from '../../terminal/escape.js';
import { writeWhole } from '../../terminal/output.js';
import { openProgress } from '../../terminal/progress.js';
import { formatSize, plural } from '../../terminal/size.js';
import { writeText } from '../../terminal/write-text.js';
import { openKeysOfMessage } from '../topics/topic-keys.js';
import { safeFileName } from './file-name.js';
import { type Saved, saveFile } from './save-file.js';

/** An attachment and its number in the message, from 1. */
interface Chosen {
  readonly number: number;
  readonly attachment: AttachmentView;
}

/** Where files go: into a directory under their own names, or to one name. */
interface Place {
  readonly directory: string;
  readonly name: string | undefined;
}

/** Saves what was asked for and says where it is; 3 when some of it is not here yet. */
export async function run(context: Context, args: Args<'get'>): Promise<number> {
  const repository = await context.repository();
  await openKeysOfMessage(context, args.id);
  const { view } = viewEntry(openSession(repository), args.id);
  assertReadable(view);
  const chosen = choose(view, args.attachment);
  const here = chosen.filter(({ attachment }) => attachment.state === 'complete');
  if (here.length === 0) throw incomplete(view.id, chosen);
  if (args.output === '-') return writeToStdout(context, repository, chosen);
  const place = placeOf(args.output, chosen);
  const failures: SatchelError[] = [];
  for (const one of chosen) {
    if (context.interrupted() !== undefined) reportNotSaved(context, one, 'interrupted');
    else if (!here.includes(one)) reportNotSaved(context, one, progressText(one.attachment));
    else {
      const failure = await trySave(context, repository, place, one);
      if (failure) failures.push(failure);
    }
  }
  const [first] = failures;
  if (first) throw first;
  return here.length < chosen.length ? EXIT_OF_CODE.incomplete : 0;
}

/** One that cannot be saved does not keep the others from it; it is told at once, and ends the command at its end. */
async function trySave(
  context: Context,
  repository: Repository,
  place: Place,
  one: Chosen,
): Promise<SatchelError | undefined> {
  const saved = await save(context, repository, place, one).catch(asFailure);
  if (saved instanceof SatchelError) reportNotSaved(context, one, saved.message);
  else if (saved) reportSaved(context, saved, one);
  else reportNotSaved(context, one, 'interrupted');
  return saved instanceof SatchelError ? saved : undefined;
}

function asFailure(error: unknown): SatchelError {
  if (error instanceof SatchelError) return error;
  throw error;
}

/** @throws SatchelError `waiting-for-key`, `locked` */
function assertReadable({ id, state }: MessageView): void {
  if (state === 'waiting') {
    throw new SatchelError('waiting-for-key', `the key of message ${shortId(id)} has not come yet`, {
      hint: 'exchange bundles with the others in its topic, and try again',
    });
  }
  if (state === 'locked') {
    throw new SatchelError('locked', `message ${shortId(id)} is locked`, { hint: 'give the passphrase' });
  }
}

function choose(view: MessageView, number: number | undefined): readonly Chosen[] {
  const all = view.attachments.map((attachment, i) => ({ number: i + 1, attachment }));
  if (all.length === 0) {
    const mark = stateText(view.state);
    const why = mark === undefined ? '' : ` ${mark}`;
    throw new SatchelError('not-found', `message ${shortId(view.id)} brings no files${why}`, {
      hint: `"satchel show ${shortId(view.id)}" tells what it is`,
    });
  }
  if (number === undefined) return all;
  const one = all[number - 1];
  if (one) return [one];
  throw new SatchelError(
    'not-found',
    `message ${shortId(view.id)} brings ${plural(all.length, 'file')}, not ${number}`,
    {
      hint: `"satchel show ${shortId(view.id)}" lists them`,
    },
  );
}

function incomplete(id: EntryId, chosen: readonly Chosen[]): SatchelError {
  const [first] = chosen;
  const told = first ? `${escapeLine(first.attachment.name)}: ${progressText(first.attachment)}` : '';
  const others = chosen.length > 1 ? `, and ${plural(chosen.length - 1, 'other')} likewise` : '';
  const hint = chosen.some(({ attachment }) => attachment.state !== 'impossible')
    ? `import further bundles of those who have it; "satchel show ${shortId(id)}" tells how far it is`
    : 'ask its author to post it again';
  return new SatchelError('incomplete', `${told}${others}`, { hint });
}

function placeOf(output: string | undefined, chosen: readonly Chosen[]): Place {
  if (output === undefined) return { directory: '.', name: undefined };
  const stat = onDisk(`looking at ${output}`, () => disk.stat(output));
  if (stat?.isDirectory()) return { directory: output, name: undefined };
  if (stat && !stat.isFile()) {
    throw new SatchelError('not-a-file', `${output} is not a regular file`, { hint: 'for a pipe use "-o -"' });
  }
  if (/[/\\]$/.test(output)) throw new SatchelError('io', `no directory ${output}`, { hint: 'make it first' });
  if (chosen.length > 1) {
    throw new SatchelError('usage', `the message brings ${chosen.length} files, and ${output} is no directory`, {
      hint: 'give a directory, or choose one file with --attachment N',
    });
  }
  return { directory: path.dirname(output), name: path.basename(output) };
}

async function save(
  context: Context,
  { blobs }: Repository,
  { directory, name }: Place,
  { attachment }: Chosen,
): Promise<Saved | undefined> {
  const { signal } = context.interruption();
  const progress = openProgress(context);
  let done = 0;
  const counting = function* (): Generator<Buffer> {
    for (const chunk of fileChunks(blobs, attachment)) {
      yield chunk;
      done += chunk.length;
      progress.update(`${escapeLine(attachment.name)}: ${formatSize(done)} of ${formatSize(fileSizeOf(attachment))}`);
    }
  };
  try {
    return await saveFile({
      directory,
      name: name ?? safeFileName(attachment.name),
      chunks: counting(),
      compare: (source) => compareWithFile(blobs, attachment, source),
      isStopped: () => signal.aborted,
    });
  } finally {
    progress.clear();
  }
}

function reportSaved(context: Context, { file, known }: Saved, { number, attachment }: Chosen): void {
  if (context.json) context.printJson({ number, ...attachmentJson(attachment), file, known });
  const wasCalled = path.basename(file) === attachment.name ? '' : ` (called ${escapeLine(attachment.name)})`;
  const what = `${escapeLine(file)}${wasCalled}, ${formatSize(fileSizeOf(attachment))}`;
  context.print(known ? `${what}, is there already` : `saved ${what}`);
}

function reportNotSaved(context: Context, { number, attachment }: Chosen, why: string): void {
  if (context.json) context.printJson({ number, ...attachmentJson(attachment), file: null, known: false });
  else {
    context.stdout.flush();
    writeText(context.stderr, `satchel: not saved: ${escapeLine(attachment.name)}, ${escapeLine(why)}\n`);
  }
}

/** All of it is read once before: what turns out damaged must not leave half a file in a pipe. */
function writeToStdout(context: Context, { blobs }: Repository, chosen: readonly Chosen[]): number {
  const [only, ...others] = chosen;
  if (!only || others.length > 0) {
    throw new SatchelError('usage', `the message brings ${chosen.length} files`, {
      hint: 'choose one with --attachment N',
    });
  }
  if (context.stdout.isTerminal) {
    throw new SatchelError('usage', 'standard output is a terminal, and a file of others can hold anything', {
      hint: 'leave "-o -" out, or send it into a file or a pipe',
    });
  }
  for (const _ of fileChunks(blobs, only.attachment));
  writeWhole(context.stdout, 'file', () => {
    for (const chunk of fileChunks(blobs, only.attachment)) context.stdout.write(chunk);
  });
  const saved = { number: only.number, ...attachmentJson(only.attachment), file: '-', known: false };
  if (context.json) context.stderr.write(`${jsonText(saved)}\n`);
  return 0;
}
