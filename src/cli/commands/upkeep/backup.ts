// satchel backup: the whole repository as one file that only its owner opens (spec/cli.md, "Upkeep").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { createHeader, createPassphraseHeader, type NewHeader } from '../../../identity/age.js';
import type { Secrets } from '../../../identity/secrets.js';
import { readSelf } from '../../../identity/self.js';
import { disk, type Handle } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { writeFully } from '../../../repository/store/fully.js';
import { sealedBackup, snapshotOf } from '../../../sync/backup/backup.js';
import { bundleStem } from '../../../sync/export/export-place.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { newPassphrase } from '../../terminal/new-passphrase.js';
import { PASSPHRASE_FILE_VARIABLE } from '../../terminal/passphrase.js';
import { openProgress } from '../../terminal/progress.js';
import { formatSize, plural } from '../../terminal/size.js';
import { assertReplaceable, backupPlace } from './backup-place.js';

const STDOUT = '-';
const NONCE_BYTES = 16;

/** Writes it, and says what opens it. */
export async function run(context: Context, args: Args<'backup'>): Promise<void> {
  assertNoTerminal(context, args.output);
  const repository = await context.repository();
  const self = readSelf(repository.directory);
  const secrets = await (await context.keyring()).read();
  const opener = args.passphrase ? 'passphrase' : 'words';
  const header = await headerFor(context, secrets, args.passphrase);
  const snapshot = snapshotOf(repository, secrets);
  try {
    const stem = `${bundleStem(self, 0).replace(/-0$/, '')}-backup`;
    const file = args.output === STDOUT ? null : backupPlace(args.output, stem, repository.layout.root);
    const pieces = sealedBackup(snapshot, header, context.world.random(NONCE_BYTES));
    const bytes = await (file === null ? toStdout(context, pieces) : toFile(context, pieces, file));
    tell(context, { file, bytes, files: snapshot.files, opener });
  } finally {
    snapshot.close();
  }
}

/** @throws SatchelError `no-recovery` when nobody has words to open it with */
async function headerFor(context: Context, secrets: Secrets, isUnderPassphrase: boolean): Promise<NewHeader> {
  if (isUnderPassphrase) {
    return createPassphraseHeader(await newPassphrase(context, context.env[PASSPHRASE_FILE_VARIABLE] || undefined));
  }
  if (!secrets.backup) {
    const hint = 'run "satchel backup --passphrase"';
    throw new SatchelError('no-recovery', 'this person has no recovery words that could open a backup', { hint });
  }
  if (secrets.recovery) {
    const hint = 'run "satchel recovery print" first, or "satchel backup --passphrase"';
    throw new SatchelError('no-recovery', 'your recovery words are not written down, so nobody could open the backup', {
      hint,
    });
  }
  return createHeader([secrets.backup], (size) => context.world.random(size));
}

function assertNoTerminal({ stdout }: Context, output: string | undefined): void {
  if (output !== STDOUT || !stdout.isTerminal) return;
  throw new SatchelError('usage', 'a backup is not text, and standard output is a terminal', {
    hint: 'name a file with -o, or send it into a pipe',
  });
}

/** Under another name until all of it is there: an older one of that name stays until then. */
async function toFile(context: Context, pieces: AsyncIterable<Buffer>, file: string): Promise<number> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.tmp`);
  const doing = `writing ${file}`;
  const handle = onDisk(doing, () => {
    disk.remove(temporary);
    return disk.open(temporary, 'making', 0o600);
  });
  try {
    const bytes = await fill(context, pieces, handle, doing);
    // something else may have got the name since
    assertReplaceable(file);
    onDisk(doing, () => {
      disk.rename(temporary, file);
      disk.syncNames(path.dirname(file));
    });
    return bytes;
  } catch (error) {
    onDisk(doing, () => disk.remove(temporary));
    throw error;
  }
}

async function fill(context: Context, pieces: AsyncIterable<Buffer>, handle: Handle, doing: string): Promise<number> {
  const progress = openProgress(context);
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      onDisk(doing, () => writeFully(handle, piece));
      bytes += piece.length;
      progress.update(`${doing}: ${formatSize(bytes)}`);
    }
    onDisk(doing, () => disk.sync(handle));
    return bytes;
  } finally {
    progress.clear();
    onDisk(doing, () => disk.close(handle));
  }
}

async function toStdout({ stdout }: Context, pieces: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) {
    stdout.write(piece);
    bytes += piece.length;
  }
  stdout.flush();
  return bytes;
}

function tell(
  context: Context,
  done: { readonly file: string | null; readonly bytes: number; readonly files: number; readonly opener: string },
): void {
  const { file, bytes, files, opener } = done;
  // where the backup goes to standard output nothing else may
  if (file === null) return;
  if (context.json) {
    context.printJson({ file, bytes, files, opener });
    return;
  }
  context.print(`Wrote ${escapeLine(file)}: ${plural(files, 'file')}, ${formatSize(bytes)}, encrypted.`);
  const what = opener === 'words' ? 'your recovery words' : 'the passphrase';
  context.print(`It is opened by ${what} alone. The keys that sign are not in it.`);
  context.note(`On a new computer: ${nextCommand(context.directory, `restore ${quoteWord(file)}`, context.env)}`);
}
