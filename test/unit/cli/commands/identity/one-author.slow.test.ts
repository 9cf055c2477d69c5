// Ana writes from two devices: to everybody else she is one author, and what one device wrote it alone takes back
// (spec/devices.md, "One author").
import { beforeEach, expect, test } from 'vitest';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { Desk } from '../../../../testkit/several.js';

let desk: Desk;
/** The messages that she wrote first. */
let written: Readonly<Record<'ana' | 'laptop', string>>;

/** Each of her devices has written, and holds what the other one did; Ben calls her Nan and holds both. */
beforeEach(async () => {
  desk = new Desk(scratchDirectory());
  for (const name of ['ana', 'ben']) {
    await desk.must(name, 'init', '--name', name);
    await desk.must(name, 'card', '-o', desk.file(`${name}.card`));
  }
  await desk.must('ana', 'contact', 'add', desk.file('ben.card'));
  await desk.must('ben', 'contact', 'add', desk.file('ana.card'), '--as', 'Nan');
  await desk.must('ben', 'topic', 'join', 'garden');
  await desk.must('ana', 'topic', 'join', 'garden');
  await desk.pair('ana', 'laptop');
  const { id: ana } = await desk.must('ana', 'post', '-t', 'garden', 'from the desk');
  await desk.carry('ana', 'laptop');
  const { id: laptop } = await desk.must('laptop', 'post', '-t', 'garden', 'from the laptop');
  await desk.carry('laptop', 'ana');
  written = { ana, laptop };
  await desk.carry('ana', 'ben');
});

async function readBy(name: string): Promise<(readonly [string | null, string | null])[]> {
  const { stdout } = await desk.run(name, ['read', '-t', 'garden']);
  const lines = stdout === '' ? [] : stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line)).map(({ author, text }) => [author.contact, text] as const);
}

test('a person with two devices is one author', async () => {
  await onePetname();
  await editsFromBoth();
  await takesBackAlone();
  await oneQuota();
  await blockedOnBoth();
});

/** To a friend she has one petname, on everything that either wrote. */
async function onePetname(): Promise<void> {
  const both = (name: string) => [
    [name, 'from the desk'],
    [name, 'from the laptop'],
  ];
  expect(await readBy('ben')).toEqual(both('Nan'));
  await desk.must('ben', 'contact', 'rename', 'Nan', 'Anni');
  expect(await readBy('ben')).toEqual(both('Anni'));
  expect((await desk.must('ben', 'contact', 'list')).contacts).toHaveLength(1);
  expect((await desk.must('ben', 'status')).contacts).toMatchObject([{ name: 'Anni' }]);
}

/** What one of her devices wrote another one edits, and everybody shows the newest text. */
async function editsFromBoth(): Promise<void> {
  await desk.must('laptop', 'edit', written.ana, 'mended on the laptop');
  await desk.must('ana', 'edit', written.laptop, 'mended on the desk');
  await desk.carry('laptop', 'ana');
  await desk.carry('ana', 'ben');
  const mended = [
    ['Anni', 'mended on the laptop'],
    ['Anni', 'mended on the desk'],
  ];
  expect(await readBy('ben')).toEqual(mended);
  expect((await readBy('ana')).map(([, text]) => text)).toEqual(mended.map(([, text]) => text));
  // nobody else's device does
  expect(await desk.fails('ben', 'edit', written.ana, 'not mine')).toBe('usage');
}

/** What one device wrote it alone takes back; on another one that is refused, with where it can be done. */
async function takesBackAlone(): Promise<void> {
  await desk.carry('ana', 'laptop');
  const before = await readBy('laptop');
  const { exit, stderr } = await desk.run('laptop', ['retract', written.ana]);
  expect([exit, stderr]).toEqual([3, expect.stringContaining('another device of yours')]);
  expect(await readBy('laptop')).toEqual(before);
  await desk.must('ana', 'retract', written.ana);
  for (const to of ['laptop', 'ben']) await desk.carry('ana', to);
  for (const name of ['laptop', 'ben'])
    expect((await readBy(name)).map(([, text]) => text).filter((text) => text !== null)).toEqual([
      'mended on the desk',
    ]);
}

/** To a stranger she has one quota, however many devices she has. */
async function oneQuota(): Promise<void> {
  await desk.must('cleo', 'init', '--name', 'cleo');
  await desk.must('cleo', 'topic', 'join', 'garden');
  for (const name of ['ana', 'laptop']) await desk.must(name, 'post', '-t', 'garden', `${name} ${'x'.repeat(5_000)}`);
  await desk.carry('laptop', 'ana');
  const take = async (quota: number): Promise<readonly [boolean, number]> => {
    await desk.must('cleo', 'config', 'set', 'quota.stranger', `${quota}`);
    const said = JSON.stringify(await desk.carry('ana', 'cleo', '--open', '--full'));
    const long = (await readBy('cleo')).filter(([, text]) => (text?.length ?? 0) > 5_000);
    return [said.includes('over-quota'), long.length];
  };
  // either alone has room
  expect(await take(8_000)).toEqual([true, 1]);
  expect(await take(16_000)).toEqual([false, 2]);
}

/** To a friend she is blocked on both, and heard from both when the block is taken back. */
async function blockedOnBoth(): Promise<void> {
  await desk.must('ben', 'contact', 'block', 'Anni');
  for (const name of ['ana', 'laptop']) await desk.must(name, 'post', '-t', 'garden', `blocked, from ${name}`);
  for (const name of ['laptop', 'ana']) expect(await desk.carry(name, 'ben')).toMatchObject({ new: 0 });
  const blocked = async () =>
    (await readBy('ben')).map(([, text]) => text).filter((text) => text?.startsWith('blocked'));
  expect(await blocked()).toEqual([]);
  await desk.must('ben', 'contact', 'unblock', 'Anni');
  for (const name of ['laptop', 'ana']) await desk.carry(name, 'ben', '--full');
  expect((await blocked()).sort()).toEqual(['blocked, from ana', 'blocked, from laptop']);
}
