// A device in two bodies that call themselves differently: everybody settles on one card, and the device makes a new one.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { decodeCard } from '../../src/identity/card.js';
import { readContacts } from '../../src/identity/contacts.js';
import { renameSelf } from '../../src/identity/create.js';
import { readSelf } from '../../src/identity/self.js';
import { storedCardBytes } from '../../src/identity/stored-card.js';
import { updateCards } from '../../src/sync/import/update-cards.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';

const FIRST = Date.UTC(2026, 0, 1);

interface World {
  readonly parent: string;
  readonly ana: Replica;
  readonly twin: Replica;
}

async function clones(): Promise<World> {
  const parent = scratchDirectory();
  const ana = await Replica.create('ana', parent, FIRST);
  const directory = path.join(parent, 'twin');
  fs.cpSync(ana.directory, directory, { recursive: true });
  const twin = Replica.at('twin', directory, FIRST);
  await rename(ana, 'Ana at home');
  await rename(twin, 'Ana at work');
  expect([ana, twin].map(serialOf)).toEqual([2, 2]);
  return { parent, ana, twin };
}

async function rename({ directory, now }: Replica, name: string): Promise<void> {
  await renameSelf(directory, name, { now, passphrase: async () => '' });
}

function serialOf({ card }: Replica): number {
  return decodeCard(storedCardBytes(card)).serial;
}

/** What `from` has to say, taken in by `to`. */
async function carry(from: Replica, to: Replica, parent: string): Promise<void> {
  const file = path.join(parent, `${from.name}-${to.name}.satchel`);
  await from.export(file, { full: true });
  await updateCards(to.session, to.import(file).cards);
}

it('contacts settle on the same card in whatever order they meet both', async () => {
  const { parent, ana, twin } = await clones();
  const met: (string | undefined)[] = [];
  for (const [name, order] of [
    ['bob', [ana, twin]],
    ['cleo', [twin, ana]],
  ] as const) {
    const friend = (await Replica.create(name, parent, FIRST)).meet(ana).join('garden');
    for (const one of order) await updateCards(friend.session, [decodeCard(storedCardBytes(one.card))]);
    met.push(readContacts(friend.directory).get(readSelf(ana.directory).person)?.card);
  }
  expect(met[0]).toBe(met[1]);
  expect([ana.card, twin.card]).toContain(met[0]);
});

it('who learns of the other card goes out with a new one, above both, and once', async () => {
  const { parent, ana, twin } = await clones();
  await twin.post('garden', 'from work');
  await ana.post('garden', 'from home');
  await carry(twin, ana, parent);
  expect(readSelf(ana.directory).cardSeen).toBe(2);
  const bob = (await Replica.create('bob', parent, FIRST)).meet(twin);
  await carry(ana, bob, parent);
  expect(serialOf(ana)).toBe(3);
  expect(readContacts(bob.directory).get(readSelf(ana.directory).person)?.card).toBe(ana.card);
  const { card } = ana;
  await ana.export(path.join(parent, 'again.satchel'), { full: true });
  expect(ana.card).toBe(card);
});

it('a restored device overtakes what it called itself before it was lost', async () => {
  const { parent, ana, twin } = await clones();
  await rename(twin, 'Ana, later');
  await twin.post('garden', 'the newest word');
  await carry(twin, ana, parent);
  expect(readSelf(ana.directory).cardSeen).toBe(3);
  await rename(ana, 'Ana, restored');
  expect(serialOf(ana)).toBe(4);
  ana.now += 90 * 86_400_000;
  await rename(ana, 'Ana, in spring');
  expect(serialOf(ana)).toBe(90 * 1_440);
});
