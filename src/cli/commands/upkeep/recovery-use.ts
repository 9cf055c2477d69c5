// satchel recovery use: with the words this device is the one that speaks for its user's devices (spec/cli.md, "Recovery words").
import { SatchelError } from '../../../format/error.js';
import type { DeviceKey } from '../../../format/ids.js';
import { type Card, verifyCard } from '../../../identity/card.js';
import { parseCards } from '../../../identity/card-text.js';
import { storedCard } from '../../../identity/devices.js';
import { forgetFormer, isRestored, readFormer } from '../../../identity/former.js';
import { assertDeviceKey } from '../../../identity/key-halves.js';
import { ownDevices } from '../../../identity/own-devices.js';
import { backupRecipient } from '../../../identity/recovery.js';
import { knowingRemoved } from '../../../identity/rotation.js';
import type { Secrets } from '../../../identity/secrets.js';
import { readSelf, type Self } from '../../../identity/self.js';
import {
  assertRecoverable,
  assertRecoverySeed,
  becomeAuthority,
  goneBy,
  keepable,
  type TakingBack,
  takeAuthority,
} from '../../../identity/take-back.js';
import { createKeys, readWaiting } from '../../../identity/waiting.js';
import { assertNoRepository } from '../../../repository/create.js';
import { disk } from '../../../repository/disk.js';
import { layoutOf } from '../../../repository/layout.js';
import { openFile } from '../../../sync/import/source.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { readInput } from '../../terminal/input.js';
import { deviceLabel } from '../identity/device-label.js';
import { makeRepository } from '../identity/make-repository.js';
import { assertCanChoose, chooseKept } from './kept-devices.js';
import { seedOfWords, WORDS_QUESTION } from './words-typed.js';

/** Asks for the words, and which devices stay; then this one is the authority. */
export async function runUse(context: Context, args: Args<'recovery use'>): Promise<void> {
  const { directory, world } = context;
  const self = selfHere(directory);
  const card = cardFor(directory, args.card, self);
  assertRecoverable(card);
  const known = keepable(directory, card, self);
  if (known.length > 0 || args.keep.length > 0) assertCanChoose(context, args);
  const seed = await seedOfWords(await wordsTyped(context));
  assertRecoverySeed(card, seed);
  const kept = await chooseKept(context, known, args);
  const random = (size: number): Buffer => world.random(size);
  const taking = { card, seed, kept, label: deviceLabel(args.name), now: world.now(), random };
  tell(context, await take(context, self, taking), known.length - kept.length);
}

async function wordsTyped({ canAsk, ask }: Context): Promise<string> {
  if (canAsk()) return (await ask(WORDS_QUESTION)) ?? '';
  return readInput(WORDS_MAX).toString('utf8');
}

/** Who this device is already; a restored one, and one that waits, is nobody yet. @throws SatchelError `damaged` */
function selfHere(directory: string): Self | undefined {
  if (!disk.exists(layoutOf(directory).format)) {
    assertNoRepository(directory);
    return undefined;
  }
  return isRestored(directory) || readWaiting(directory) ? undefined : readSelf(directory);
}

/** @throws SatchelError `usage` without one, or for another person's than this repository's; `bad-card` */
function cardFor(directory: string, file: string | undefined, self: Self | undefined): Card {
  const own = self ?? (isRepository(directory) ? readFormer(directory) : undefined);
  const given = file === undefined ? undefined : cardIn(file);
  if (!own && !given) {
    throw new SatchelError('usage', 'no card says whose the words are', {
      hint: 'give any card of yours, also an old one: --card FILE. A friend has one',
    });
  }
  const card = given ?? storedCard(own?.card ?? '');
  if (!own || own.person === card.person) return card;
  throw new SatchelError('usage', `that is ${card.name}'s card, and this repository is ${own.name}'s`, {
    hint: 'name another directory with -C',
  });
}

function isRepository(directory: string): boolean {
  return disk.exists(layoutOf(directory).format);
}

function cardIn(file: string): Card {
  const source = openFile(file);
  try {
    const [card] = source.size <= CARD_FILE_MAX ? parseCards(source.read(0, source.size)) : [];
    if (card && verifyCard(card)) return card;
    throw new SatchelError('bad-card', `${file} holds no card`, { hint: 'give a file with a card of yours' });
  } finally {
    source.close();
  }
}

async function take(context: Context, self: Self | undefined, taking: TakingBack): Promise<Self> {
  const { directory } = context;
  const backup = await backupRecipient(taking.seed);
  if (!isRepository(directory)) {
    return makeRepository(context, directory, async () => {
      const { now, random } = taking;
      const removed = goneBy(directory, taking);
      return becomeAuthority(directory, await createKeys(directory, { now, random, backup, removed }), taking);
    });
  }
  const repository = await context.repository();
  const keyring = await context.keyring();
  return repository.lockedAsync(async () => {
    if (!self) {
      const removed = goneBy(directory, taking);
      const fresh = await keyring.update((old) => knowingRemoved({ ...old, backup }, removed));
      return becomeHere(directory, fresh, taking);
    }
    const secrets: Secrets = await keyring.update((old) => ({ ...old, backup }));
    const now = readSelf(directory);
    assertDeviceKey(now, secrets);
    return takeAuthority(directory, { self: now, secrets }, { ...taking, commit: repository.lastArrival });
  });
}

async function becomeHere(directory: string, secrets: Secrets, taking: TakingBack): Promise<Self> {
  const self = await becomeAuthority(directory, secrets, taking);
  if (readFormer(directory)) forgetFormer(directory);
  return self;
}

function tell(context: Context, self: Self, gone: number): void {
  const { directory, json, env } = context;
  const { person, device, name, card } = self;
  const { generation, current, removed } = ownDevices(directory, self);
  if (json) {
    const devices: readonly DeviceKey[] = current;
    context.printJson({ directory, person, device, name, card, generation, devices, removed });
    return;
  }
  context.print(`You are ${escapeLine(name)} again: this device adds and removes your devices from now on.`);
  if (gone > 0) context.print('What you do not have any more stops being yours when your friends hear of it.');
  if (gone > 0)
    context.note('In private topics your next bundle says so too; "satchel topic members" tells who is in one then.');
  context.note('Your friends see the same person, and are told that you used your recovery words.');
  context.note(
    `Next: ${nextCommand(directory, 'contact add CARD', env)} of a friend, if you have none here; then "sync"`,
  );
}

const WORDS_MAX = 4_096;
const CARD_FILE_MAX = 65_536;
