// A text as the user's editor leaves it (spec/cli.md, "The prompt").
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { writeOwn } from './unsent.js';

/**
 * The text after the editor, a command line as in VISUAL, was used on it.
 * @throws SatchelError `io` when it can't be run or fails, `usage` when what it leaves is no text
 */
export async function editText(editor: string, before: string): Promise<string> {
  const directory = path.join(os.tmpdir(), `satchel-${randomBytes(8).toString('hex')}`);
  onDisk(`creating ${directory}`, () => disk.makeDirectory(directory, 0o700));
  const file = path.join(directory, 'message.txt');
  try {
    writeOwn(file, before);
    await runEditor(editor, file);
    return decode(onDisk(`reading ${file}`, () => disk.content(file)));
  } finally {
    disk.removeTree(directory);
  }
}

async function runEditor(editor: string, file: string): Promise<void> {
  // Ctrl-C is for the editor
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    const status = await statusOf(editor, file);
    if (status !== 0) throw failed(editor, `ended with ${status}`);
  } finally {
    process.off('SIGINT', ignore);
  }
}

function statusOf(editor: string, file: string): Promise<number | string> {
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit' })
      : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(failed(editor, error.message)));
    child.once('exit', (status, signal) => resolve(status ?? signal ?? 1));
  });
}

function failed(editor: string, what: string): SatchelError {
  return new SatchelError('io', `the editor "${editor}" ${what}; nothing was posted`, {
    hint: 'VISUAL or EDITOR names the editor',
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SatchelError('usage', 'what the editor left is not UTF-8 text');
  }
}
