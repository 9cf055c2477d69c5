// satchel card: what introduces us to others (spec/cli.md, "Identity and contacts").
import { parseAddresses, setAddresses } from '../../../identity/addresses.js';
import { renameSelf } from '../../../identity/create.js';
import { readSelf, type Self } from '../../../identity/self.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { assertCardPlace, writeCardFile } from './card-file.js';

/** Prints the card or writes it to a file, after it was given another name if one is asked for. */
export async function run(context: Context, args: Args<'card'>): Promise<void> {
  const { directory } = await context.repository();
  const output = args.output === '-' ? undefined : args.output;
  const before = readSelf(directory);
  if (output !== undefined) {
    assertCardPlace(output, await contentOf(output, before, args.qr), before);
  }
  const named = args.name === undefined ? before : await rename(context, args.name);
  const self = args.at.length === 0 ? named : await publishAt(context, args.at);
  const { person, device, name, card, at = [] } = self;
  const file = output === undefined ? undefined : writeCardFile(output, await contentOf(output, self, args.qr), self);
  if (context.json) return context.printJson({ card, person, device, name, at, file: file ?? null });
  if (file !== undefined) return context.note(`${escapeLine(file)} is your card, ${escapeLine(name)}`);
  if (args.name !== undefined) context.note(`Your name is ${escapeLine(name)} from now on; give out the new card:`);
  // the card is the same as before: contacts are told otherwise
  if (args.at.length > 0) context.note(toldWhere(at));
  if (args.at.length > 0 && args.name === undefined && !args.qr) return;
  // as it is, whatever the width: a card is copied, and a picture has no lines to fold
  if (!context.quiet) context.stdout.write(`${args.qr ? await qrText(context, card) : card}\n`);
}

async function rename(context: Context, name: string): Promise<Self> {
  const repository = await context.repository();
  const { passphrase, world } = context;
  return repository.lockedAsync(() => renameSelf(repository.directory, name, { now: world.now(), passphrase }));
}

async function publishAt(context: Context, texts: readonly string[]): Promise<Self> {
  const repository = await context.repository();
  const addresses = parseAddresses(texts.length === 1 && texts[0] === NOWHERE ? [] : texts);
  return repository.locked(() => setAddresses(repository.directory, addresses));
}

function toldWhere(at: readonly string[]): string {
  if (at.length === 0) return 'You publish nowhere from now on; your contacts learn of it with what you send next';
  return `You publish at ${at.join(', ')} from now on; your contacts learn of it with what you send next`;
}

const NOWHERE = 'none';

async function contentOf(output: string, { card }: Self, isQr: boolean): Promise<string> {
  return isQr ? qrFile(output, card) : `${card}\n`;
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
