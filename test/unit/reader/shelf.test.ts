// Bundles in a page: taken as the program takes them, shown in the program's order.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sourceOf } from '../../../src/format/source.js';
import { type Conversation, conversationsOn, openConversation, unplacedOn } from '../../../src/reader/conversation.js';
import { FILE_MAX, type GivenFile, type Outcome, openIntake } from '../../../src/reader/intake.js';
import { openShelf, type Shelf } from '../../../src/reader/shelf.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const FIXTURES = new URL('../../../fixtures/', import.meta.url);
/** Bytes behind the last member. */
const TAR_END = 1_024;
const WORLD = { now: () => Date.UTC(2027, 0, 1), random: (size: number) => Buffer.alloc(size) };

const open: Shelf[] = [];
afterEach(() => {
  for (const shelf of open.splice(0).reverse()) shelf.close();
});

function shelf(): Shelf {
  const made = openShelf(WORLD);
  open.push(made);
  return made;
}

function read(name: string): Buffer {
  return fs.readFileSync(new URL(name, FIXTURES));
}

function given(name: string, bytes: Buffer | string): GivenFile {
  const content = Buffer.from(bytes as string);
  return { name, size: content.length, read: async () => content };
}

/** Ana and Ben answer each other in three bundles. */
async function talk(): Promise<{ readonly bundles: readonly Buffer[]; readonly expected: readonly string[] }> {
  const directory = scratchDirectory();
  const ana = (await Replica.create('Ana', directory)).join('garden');
  const ben = (await Replica.create('Ben', directory, ana.now + 1_000)).join('garden');
  ana.meet(ben);
  ben.meet(ana);
  const bundles: Buffer[] = [];
  const carry = async (from: Replica, to: Replica, number: number): Promise<void> => {
    const file = path.join(directory, `${number}.satchel`);
    await from.export(file, { full: true });
    bundles.push(fs.readFileSync(file));
    to.import(file);
  };
  const [first] = await ana.post('garden', 'first', 'second');
  await carry(ana, ben, 1);
  ben.now += 5_000;
  await ben.post('garden', { body: 'answer', reply: first }, 'more');
  await carry(ben, ana, 2);
  ana.now += 9_000;
  await ana.post('garden', 'third');
  await carry(ana, ben, 3);
  const expected = ben.texts('garden');
  for (const { repository } of [ana, ben]) repository.close();
  return { bundles, expected };
}

/** Every text that is shown of it, in order. */
function texts(conversation: Conversation): (string | undefined)[] {
  return Array.from({ length: conversation.count }, (_, place) => conversation.at(place)?.text);
}

function only(on: Shelf): Conversation {
  const [name] = conversationsOn(on);
  if (!name) throw new Error('there is no conversation');
  return openConversation(on, name, { everything: false });
}

function codeOf(outcome: Outcome): string {
  if (outcome.kind !== 'bundle') return outcome.kind;
  // that a log has two pasts is said of it, and the bundle is none the worse
  return outcome.brought.refused.some(({ code }) => code !== 'contradiction') ? 'refused' : 'ok';
}

const sidecars = fs.readdirSync(new URL('bundles/', FIXTURES)).filter((name) => name.endsWith('.json'));

describe('a shelf', () => {
  it('takes each bundle of the fixtures, or refuses it with the code that the program has', async () => {
    for (const name of sidecars) {
      const { code, file } = JSON.parse(read(`bundles/${name}`).toString()) as { code: string; file: string };
      const on = shelf();
      const { outcome } = await openIntake(on).take(given(file, read(`bundles/${file}`)));
      const found = 'error' in outcome ? outcome.error.code : codeOf(outcome);
      expect(found, name).toBe(code);
      on.close();
      open.pop();
    }
    expect(sidecars.length).toBeGreaterThan(30);
  });

  it('shows the same as a repository that took the same bundles, whatever came first, and nothing twice', async () => {
    const { bundles, expected } = await talk();
    for (const order of [bundles, [...bundles].reverse(), [...bundles, ...bundles]]) {
      const on = shelf();
      for (const bytes of order) on.add(sourceOf(bytes));
      expect(texts(only(on))).toEqual(expected);
    }
  });

  it('keeps nothing of a bundle that is damaged in its last member', async () => {
    const { bundles } = await talk();
    const bytes = Buffer.from(bundles[0] ?? '');
    bytes[bytes.length - TAR_END - 1] = 1;
    const on = shelf();
    const { outcome } = await openIntake(on).take(given('rotten.satchel', bytes));
    expect(outcome.kind).toBe('refused');
    expect(conversationsOn(on)).toEqual([]);
    expect(unplacedOn(on)).toBe(0);
  });

  it('finds messages by place, by entry and by day, with their answers, and takes nobody for a contact', async () => {
    const { bundles } = await talk();
    const on = shelf();
    for (const bytes of bundles) on.add(sourceOf(bytes));
    const conversation = only(on);
    for (let place = 0; place < conversation.count; place++) {
      const view = conversation.at(place);
      expect(view && conversation.placeOf(view)).toBe(place);
      expect(view).toMatchObject({ author: { contact: undefined }, own: false, gap: false });
      expect(conversation.firstFrom(view?.clock ?? 0)).toBeLessThanOrEqual(place);
      if (view?.reply) expect(conversation.find(view.reply)).toMatchObject({ text: 'first', author: { name: 'Ana' } });
    }
    expect(conversation.at(conversation.count)).toBeUndefined();
    expect(conversation.firstFrom(Number.MAX_SAFE_INTEGER)).toBe(conversation.count);
    expect(conversation.authors.length).toBe(2);
  });

  it('counts what nobody can place', () => {
    const on = shelf();
    on.add(sourceOf(read('0.1/bundles/ana-to-ben.satchel')));
    expect(conversationsOn(on)).toEqual([]);
    expect(unplacedOn(on)).toBeGreaterThan(0);
  });
});

describe('an intake', () => {
  it('opens no file that is too large, and does not read it', async () => {
    const file: GivenFile = { name: 'large', size: FILE_MAX + 1, read: () => Promise.reject(new Error('was read')) };
    const { outcome } = await openIntake(shelf()).take(file);
    expect(outcome).toMatchObject({
      kind: 'refused',
      error: { code: 'over-limit', hint: 'use the program: satchel import' },
    });
  });

  it('says whose card it is, and what is no bundle', async () => {
    const intake = openIntake(shelf());
    expect((await intake.take(given('x', ''))).outcome).toMatchObject({
      kind: 'refused',
      error: { code: 'bad-bundle' },
    });
    const gone: GivenFile = { name: 'gone', size: 1, read: () => Promise.reject(new Error('NotFoundError')) };
    expect((await intake.take(gone)).outcome).toMatchObject({ kind: 'refused', error: { code: 'internal' } });
  });
});
