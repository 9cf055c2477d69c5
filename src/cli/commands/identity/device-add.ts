// satchel device add: the device that may answers the request of another one (spec/cli.md, "Your devices").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { type Answer, answerRequest, assertAnswerable } from '../../../identity/add-device.js';
import { type DeviceRequest, parseRequest, REQUEST_PREFIX } from '../../../identity/device-request.js';
import { assertDeviceKey } from '../../../identity/key-halves.js';
import { requestWords, welcomeWords } from '../../../identity/pairing-words.js';
import { readSelf } from '../../../identity/self.js';
import { readTopicKeys } from '../../../identity/topic-keys.js';
import { disk } from '../../../repository/disk.js';
import { openFile } from '../../../sync/import/source.js';
import { readTopics } from '../../../topic/topics.js';
import { welcomeTopics } from '../../../topic/welcomed.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { readInput } from '../../terminal/input.js';
import { deviceLabel } from './device-label.js';
import { assertCanCompare, compareWords } from './device-words.js';
import { placeFor, writeNewFile } from './new-file.js';

/** A request is one line; a mail around it is not much longer. */
const TEXT_MAX = 65_536;

/** Compares the words of the request, writes the welcome, and shows the words of that. */
export async function runAdd(context: Context, args: Args<'device add'>): Promise<void> {
  const { directory } = await context.repository();
  const self = readSelf(directory);
  const request = parseRequest(textOf(args.file));
  assertAnswerable(directory, self, request);
  assertCanCompare(context, args.words);
  const place = placeFor(args.output ?? '.', { stem: request.label, ending: 'welcome' });
  await compareWords(context, await requestWords(request.bytes), {
    given: args.words,
    question: `The six words that "${escapeLine(request.label)}" shows: `,
  });
  const { list, file } = await answer(context, request);
  writeNewFile(place, file);
  tell(context, { request, place, words: await welcomeWords(request.bytes, list) });
}

async function answer(context: Context, request: DeviceRequest): Promise<Answer> {
  const repository = await context.repository();
  const keyring = await context.keyring();
  const secrets = await keyring.read();
  const { directory, world } = repository;
  return repository.lockedAsync(async () => {
    const self = readSelf(directory);
    assertDeviceKey(self, secrets);
    const topics = welcomeTopics(readTopics(directory), (await readTopicKeys(keyring)).topics);
    const author = { self, secrets, label: deviceLabel(), topics };
    return answerRequest(directory, author, request, { now: world.now(), random: (size) => world.random(size) });
  });
}

/** The text in a file, in standard input, or pasted. @throws SatchelError `bad-request` when it is too long for one */
function textOf(word: string): string {
  if (word.includes(REQUEST_PREFIX) && !disk.exists(word)) return word;
  if (word === '-') return readInput(TEXT_MAX).toString('utf8');
  const source = openFile(word);
  try {
    if (source.size <= TEXT_MAX) return source.read(0, source.size).toString('utf8');
    const hint = 'have "satchel device request" make it again on the new device';
    throw new SatchelError('bad-request', `${word} is too large to be a request: ${source.size} bytes`, { hint });
  } finally {
    source.close();
  }
}

function tell(
  context: Context,
  { request, place, words }: { readonly request: DeviceRequest; readonly place: string; readonly words: string },
): void {
  if (context.json) {
    context.printJson({ device: request.device, words, file: place });
    return;
  }
  const label = escapeLine(request.label);
  context.print(`${escapeLine(place)} makes "${label}" one of your devices.`);
  context.print(`Its words: ${context.style.bold(words)}`);
  context.note(`Next, on "${label}": satchel device join ${quoteWord(path.basename(place))}`);
  context.note('What was written so far gets there with a "satchel sync" here, and then one there.');
}
