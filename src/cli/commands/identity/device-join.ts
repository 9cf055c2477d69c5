// satchel device join: a device that waits becomes one of its user's (spec/cli.md, "Your devices").

import { SatchelError } from '../../../format/error.js';
import { decodeCreateStatement } from '../../../format/private/create-statement.js';
import { readContacts } from '../../../identity/contacts.js';
import { fingerprint } from '../../../identity/fingerprint.js';
import { joinPerson, openWelcome } from '../../../identity/join-device.js';
import { welcomeWords } from '../../../identity/pairing-words.js';
import type { Self } from '../../../identity/self.js';
import { readWaiting } from '../../../identity/waiting.js';
import type { Welcome } from '../../../identity/welcome.js';
import { openFile } from '../../../sync/import/source.js';
import { withDirectLabels } from '../../../topic/private/direct-labels.js';
import { readTopics, writeTopics } from '../../../topic/topics.js';
import { welcomedTopics, withWelcomedTopics } from '../../../topic/welcomed.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { fileKeysFor } from '../exchange/file-keys.js';
import { assertCanCompare, compareWords } from './device-words.js';

const WELCOME_MAX = 16_777_216;

/** Compares the words of the welcome, and says who this device is then. */
export async function runJoin(context: Context, args: Args<'device join'>): Promise<void> {
  const { directory } = await context.repository();
  const request = readWaiting(directory);
  if (!request) {
    throw new SatchelError('usage', 'no device waits here to become one of yours', {
      hint: 'run "satchel device request" in a place without a repository first',
    });
  }
  const welcome = await openWelcome(directory, contentOf(args.file), { keys: fileKeysFor(context), request });
  assertCanCompare(context, args.words);
  await compareWords(context, await welcomeWords(request.bytes, welcome.list), {
    given: args.words,
    question: `The six words that the other device shows, which is ${escapeLine(welcome.card.name)}'s: `,
  });
  await tell(context, await join(context, welcome), welcome);
}

async function join(context: Context, welcome: Welcome): Promise<Self> {
  const repository = await context.repository();
  const keyring = await context.keyring();
  const { directory, world } = repository;
  return repository.lockedAsync(async () => {
    const topics = withWelcomedTopics(readTopics(directory), welcome);
    writeTopics(directory, topics);
    const self = await joinPerson(directory, keyring, welcome, {
      now: world.now(),
      random: (size) => world.random(size),
    });
    const begun = (welcome.privateTopics ?? []).map(({ statement }) => decodeCreateStatement(statement));
    const decided = { self, contacts: readContacts(directory) };
    writeTopics(
      directory,
      withDirectLabels(topics, decided, (id) => begun.find(({ topic }) => topic === id)),
    );
    return self;
  });
}

function contentOf(file: string): Buffer {
  const source = openFile(file);
  try {
    if (source.size <= WELCOME_MAX) return source.read(0, source.size);
    const hint = 'name the file that "satchel device add" made';
    throw new SatchelError('bad-request', `${file} is too large to be a welcome: ${source.size} bytes`, { hint });
  } finally {
    source.close();
  }
}

async function tell(context: Context, self: Self, welcome: Welcome): Promise<void> {
  const { directory, json, env } = context;
  const { person, device, name, card } = self;
  const words = await fingerprint(person);
  const people = new Set(welcome.contacts.map((one) => one.card.person)).size;
  const topics = welcomedTopics(welcome).length;
  if (json) {
    const counts = { contacts: people, topics };
    return context.printJson({ directory, person, device, name, fingerprint: words, card, ...counts });
  }
  context.print(
    `This device is one of ${escapeLine(name)}'s now, with ${plural(people, 'contact')} and ${plural(topics, 'topic')}.`,
  );
  context.print(`${escapeLine(name)}'s fingerprint: ${words}`);
  context.note('What was written so far comes with the next bundle of the device that made this one yours.');
  context.note('What is unread is counted on each device apart.');
  context.note(`Next: ${nextCommand(directory, 'sync DIR', env)}`);
}
