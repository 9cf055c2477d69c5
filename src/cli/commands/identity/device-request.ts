// satchel device request: a new device asks to become one of its user's (spec/cli.md, "Your devices").
import path from 'node:path';
import { type DeviceRequest, formatRequest } from '../../../identity/device-request.js';
import { isRestored } from '../../../identity/former.js';
import { requestWords } from '../../../identity/pairing-words.js';
import { askWith, createWaiting, readWaiting } from '../../../identity/waiting.js';
import { assertNoRepository } from '../../../repository/create.js';
import { disk } from '../../../repository/disk.js';
import { layoutOf } from '../../../repository/layout.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { newPassphrase } from '../../terminal/new-passphrase.js';
import { PASSPHRASE_FILE_VARIABLE } from '../../terminal/passphrase.js';
import { deviceLabel } from './device-label.js';
import { makeRepository } from './make-repository.js';
import { placeFor, writeNewFile } from './new-file.js';

/** Makes a repository that waits, unless there is one, and shows what it asks and the words of that. */
export async function runRequest(context: Context, args: Args<'device request'>): Promise<void> {
  const label = deviceLabel(args.name);
  const waiting = waitingHere(context.directory);
  const content = waiting && `${formatRequest(waiting.bytes)}\n`;
  const naming = { stem: label, ending: 'request', content };
  const place = args.output === undefined ? undefined : placeFor(args.output, naming);
  const request = await requestHere(context, { ...args, label, waiting });
  const text = formatRequest(request.bytes);
  if (place !== undefined) writeNewFile(place, `${text}\n`);
  const words = await requestWords(request.bytes);
  const { directory } = context;
  if (context.json) {
    const { device } = request;
    return context.printJson({ directory, device, label: request.label, request: text, words, file: place ?? null });
  }
  tell(context, { request, words, place });
}

/** Who asks here is somebody already, and that is not changed. */
const ELSEWHERE =
  'run it on the device that is to be yours; if that is this one, in a new directory: satchel -C DIR device request';

interface Asked {
  readonly label: string;
  readonly name: string | undefined;
  readonly passphrase: boolean;
  readonly waiting: DeviceRequest | undefined;
}

async function requestHere(context: Context, { label, name, passphrase, waiting }: Asked): Promise<DeviceRequest> {
  const { directory, world } = context;
  if (waiting && (name === undefined || label === waiting.label)) return waiting;
  if (waiting || isRestored(directory)) {
    const secrets = await (await context.keyring()).read();
    return (await context.repository()).lockedAsync(() => askWith(directory, secrets, label));
  }
  assertNoRepository(directory, ELSEWHERE);
  const typed = passphrase
    ? await newPassphrase(context, context.env[PASSPHRASE_FILE_VARIABLE] || undefined)
    : undefined;
  const chance = { now: world.now(), random: (size: number) => world.random(size) };
  return makeRepository(context, directory, () => createWaiting(directory, { label, passphrase: typed, ...chance }));
}

/** What is asked already; a repository that is not whole yet asks nothing. */
function waitingHere(directory: string): DeviceRequest | undefined {
  return disk.exists(layoutOf(directory).format) ? readWaiting(directory) : undefined;
}

function tell(
  context: Context,
  shown: { readonly request: DeviceRequest; readonly words: string; readonly place: string | undefined },
): void {
  const { request, words, place } = shown;
  const label = escapeLine(request.label);
  context.note(`${path.join(context.directory, '.satchel')} waits to become your device "${label}".`);
  if (place === undefined) context.print(formatRequest(request.bytes));
  else context.print(`${escapeLine(place)} is the request.`);
  context.note(`Its words: ${context.style.bold(words)}`);
  const file = place === undefined ? 'REQUEST' : quoteWord(path.basename(place));
  context.note(`Next, on your first device: satchel device add ${file}`);
  context.note(`Then here: ${nextCommand(context.directory, 'device join WELCOME', context.env)}`);
}
