// satchel recovery print: the words that bring a person back are written down, and leave the disk (spec/cli.md, "Recovery words").
import { SatchelError } from '../../../format/error.js';
import { assertRecoveryKey } from '../../../identity/key-halves.js';
import type { Keyring } from '../../../identity/keyring.js';
import { recoveryWords } from '../../../identity/recovery.js';
import { hasRecoveryKey, removeRecovery, settleRemoval } from '../../../identity/recovery-seed.js';
import { readSelf } from '../../../identity/self.js';
import { areSameWords } from '../../../identity/words.js';
import type { Repository } from '../../../repository/repository.js';
import type { Context } from '../../command/context.js';
import { alignColumns } from '../../terminal/columns.js';
import { writeText } from '../../terminal/write-text.js';

/** Shows the words, has some of them repeated, and only then removes what they are made of. */
export async function runPrint(context: Context): Promise<void> {
  assertForPeople(context);
  const repository = await context.repository();
  const keyring = await context.keyring();
  const words = await wordsIn(repository, keyring);
  await show(context, words);
  await compare(context, words);
  await repository.lockedAsync(() => removeRecovery(repository.directory, keyring));
  context.print('The words are no longer in this repository: what you wrote down is all there is of them.');
  context.note('Keep it where nobody else finds it, and where it does not burn.');
  context.note('A copy of keys/ that was made before still holds them, and so may old cells of a flash disk.');
  context.note('What "satchel backup" writes never does.');
}

/** In no file, pipe or log of a program are they safe. */
function assertForPeople(context: Context): void {
  if (context.json) {
    const hint = 'run it without --json, on a terminal';
    throw new SatchelError('usage', 'recovery words are for people, not for programs', { hint });
  }
  if (context.canAsk()) return;
  throw new SatchelError('usage', 'there is no terminal to show the recovery words on', {
    hint: 'run it on a terminal, and have paper and pen ready',
  });
}

async function wordsIn(repository: Repository, keyring: Keyring): Promise<readonly string[]> {
  const self = readSelf(repository.directory);
  if (!hasRecoveryKey(self)) {
    const hint = 'who was founded by version 0.1 has none; back up keys/ instead';
    throw new SatchelError('no-recovery', 'this person has no recovery words', { hint });
  }
  const secrets = await keyring.read();
  if (secrets.recovery) {
    assertRecoveryKey(self, secrets.recovery);
    return recoveryWords(secrets.recovery);
  }
  await repository.lockedAsync(() => settleRemoval(repository.directory, keyring));
  throw new SatchelError('no-recovery', 'the recovery words were written down already, and are not here any more', {
    hint: 'they are where you wrote them down',
  });
}

/** On a screen of their own, which nobody can scroll back to. */
async function show({ stderr, ask }: Context, words: readonly string[]): Promise<void> {
  const columns = stderr.columns < WIDE ? 2 : 4;
  const rows = words.length / columns;
  const row = (i: number): string[] => Array.from({ length: columns }, (_, column) => cellOf(words, column * rows + i));
  const lines = alignColumns(Array.from({ length: rows }, (_, i) => row(i)));
  stderr.write(OTHER_SCREEN);
  try {
    writeText(stderr, 'Your recovery words. Write them down, in this order:\n\n');
    for (const line of lines) writeText(stderr, `  ${line}\n`);
    writeText(stderr, '\n');
    await ask('Press Enter when they are on paper; some of them are asked for then. ');
  } finally {
    stderr.write(FIRST_SCREEN);
  }
}

function cellOf(words: readonly string[], at: number): string {
  return `${String(at + 1).padStart(2)} ${words[at] ?? ''}`;
}

/** @throws SatchelError `not-authentic` at the first word that is another one */
async function compare({ ask, world }: Context, words: readonly string[]): Promise<void> {
  for (const at of chooseSome(words.length, (size) => world.random(size))) {
    const typed = (await ask(`Word ${at + 1}: `)) ?? '';
    if (areSameWords(words[at] ?? '', typed)) continue;
    throw new SatchelError('not-authentic', `that is not word ${at + 1}; the words stay in this repository`, {
      hint: 'run it again, and compare what you wrote down',
    });
  }
}

/** Different places among so many, in order. */
function chooseSome(count: number, random: (size: number) => Buffer): number[] {
  const left = Array.from({ length: count }, (_, i) => i);
  const chosen: number[] = [];
  for (let i = 0; i < ASKED; i++) chosen.push(...left.splice(random(4).readUInt32BE() % left.length, 1));
  return chosen.sort((a, b) => a - b);
}

const ASKED = 3;
/** Four columns of words fit into so many. */
const WIDE = 64;
const OTHER_SCREEN = '\x1b[?1049h\x1b[H';
const FIRST_SCREEN = '\x1b[?1049l';
