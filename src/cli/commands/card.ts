// satchel card: what introduces us to others (spec/cli.md, "Identity and contacts").
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { prepareSignatures } from '../../format/signature.js';
import { renameSelf } from '../../identity/create.js';
import { readSelf, type Self } from '../../identity/self.js';
import { isMissing, onDisk, writeAtomic } from '../../repository/files.js';
import type { Context } from '../context.js';
import { escapeLine } from '../escape.js';
import type { Args } from '../table/commands.js';

/** Prints the card or writes it to a file, after it was given another name if one is asked for. */
export async function run(context: Context, args: Args<'card'>): Promise<void> {
  const { directory } = await context.repository();
  const self = args.name === undefined ? readSelf(directory) : await rename(context, args.name);
  const { person, device, name, card } = self;
  const file = args.output === undefined || args.output === '-' ? undefined : placeOf(args.output, name);
  if (file !== undefined) writeAtomic(file, args.qr ? await qrFile(file, card) : `${card}\n`);
  if (context.json) return context.printJson({ card, person, device, name, file: file ?? null });
  if (file !== undefined) return context.note(`${escapeLine(file)} is your card, ${escapeLine(name)}`);
  if (args.name !== undefined) context.note(`Your name is ${escapeLine(name)} from now on; give out the new card:`);
  context.print(args.qr ? await qrText(context, card) : card);
}

async function rename(context: Context, name: string): Promise<Self> {
  await prepareSignatures();
  const repository = await context.repository();
  return repository.lockedAsync(() => renameSelf(repository.directory, name, context.passphrase));
}

/**
 * The file to write; in a directory, one named after us. The directory must be there: a missing one may be a stick that
 * is not plugged in.
 */
function placeOf(output: string, name: string): string {
  const file = path.resolve(output);
  const stat = statOf(file);
  if (stat?.isDirectory()) return path.join(file, `${fileStem(name)}.card`);
  if (stat && !stat.isFile()) {
    throw new SatchelError('not-a-file', `${output} is not a regular file`, { hint: 'give a file or a directory' });
  }
  const parent = /[/\\]$/.test(output) ? file : path.dirname(file);
  if (statOf(parent)?.isDirectory()) return file;
  throw new SatchelError('io', `no directory ${parent}`, { hint: 'is the drive plugged in?' });
}

function statOf(file: string): fs.Stats | undefined {
  try {
    return onDisk(`looking at ${file}`, () => fs.statSync(file, { throwIfNoEntry: false }));
  } catch (error) {
    if (error instanceof SatchelError && isMissing(error.cause)) return undefined;
    throw error;
  }
}

// What every file system takes, FAT among them.
function fileStem(name: string): string {
  const stem = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  return stem.replace(/^-+|-+$/g, '') || 'me';
}

async function qrFile(file: string, card: string): Promise<string> {
  const { renderSVG, renderUnicodeCompact } = await import('uqr');
  return /\.svg$/i.test(file) ? renderSVG(card, { border: QUIET_ZONE }) : `${renderUnicodeCompact(card)}\n`;
}

async function qrText(context: Context, card: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr');
  const code = renderUnicodeCompact(card, { border: 2 });
  // The blocks are the light modules: they must be light whatever the colours of the terminal are.
  return context.stdout.isTerminal ? code.replace(/^.*$/gm, '\x1b[97;40m$&\x1b[0m') : code;
}

const QUIET_ZONE = 4;
