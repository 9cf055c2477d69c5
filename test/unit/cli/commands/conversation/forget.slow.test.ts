// "forget" and "topic forget" as their users meet them.
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { attach, chunksOf, heldChunks } from '../../../../testkit/attach.js';
import { type EndedHere, type HereOptions, runFor } from '../../../../testkit/command.js';
import { documents } from '../../../../testkit/documents.js';
import { filesWith } from '../../../../testkit/forgetting.js';
import type { Replica } from '../../../../testkit/replica.js';
import { makeFriends } from '../../../../testkit/replicas.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

const DAY_MS = 86_400_000;

let parent: string;
let ana: Replica;
let ben: Replica;
/** Ids of what Ana wrote. */
let ids: readonly string[];

beforeEach(async () => {
  parent = scratchDirectory();
  [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 'garden')) as [Replica, Replica];
  const posted = [];
  for (const body of ['one', 'a secret', 'three']) posted.push(...(await ana.post('garden', body)));
  ids = posted.map(({ id }) => id);
  await bring(ana, ben);
});

async function bring(from: Replica, to: Replica): Promise<void> {
  const file = path.join(parent, `${from.name}.satchel`);
  await from.export(file);
  to.import(file);
}

function run(one: Replica, argv: readonly string[], options?: Partial<HereOptions>): Promise<EndedHere> {
  return runFor(one, argv, options);
}

async function looked(one: Replica, ...argv: string[]): Promise<Record<string, unknown>[]> {
  return documents((await run(one, argv)).stdout);
}

const SECRET = 'a secret';

describe('forget', () => {
  it('names messages by the beginnings of their ids, and says what it did, and what it can not do', async () => {
    const [first = '', second = ''] = ids;
    const ended = await run(ben, ['forget', second.slice(0, 8), first], { people: 'pipe' });
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.stdout).toBe(
      `forgot ${second.slice(0, 10)}; others keep theirs\nforgot ${first.slice(0, 10)}; others keep theirs\n`,
    );
    expect(ended.stderr).toContain('Flash disks');
    expect(filesWith(ben.directory, SECRET)).toEqual([]);
    const again = JSON.parse((await run(ben, ['forget', second])).stdout);
    expect(again).toEqual({
      forgotten: [expect.objectContaining({ id: second, known: true, elsewhere: true, retracted: false })],
      payloadsDropped: 0,
      chunksRemoved: 0,
    });
  });

  it('is told by whatever shows all, and by nothing that shows messages', async () => {
    const [, second = ''] = ids;
    await run(ben, ['forget', second]);
    expect((await looked(ben, 'read', '-t', 'garden')).map(({ text }) => text)).toEqual(['one', 'three']);
    const all = await looked(ben, 'read', '-t', 'garden', '--all');
    expect(all.find(({ id }) => id === second)).toMatchObject({ state: 'forgotten', text: null });
    const { stdout } = await run(ben, ['read', '-t', 'garden', '--all'], { people: 'pipe' });
    expect(stdout).toContain('(forgotten here)');
    expect(await looked(ben, 'show', second)).toMatchObject([{ state: 'forgotten', dropped: true, text: null }]);
    expect(await looked(ben, 'trace', second)).toMatchObject([{ state: 'forgotten' }]);
    expect(await looked(ben, 'search', 'secret')).toEqual([]);
    expect((await looked(ben, 'feed', '--as', 'x')).map(({ text }) => text)).toEqual(['one', 'three']);
    expect(await run(ben, ['get', second])).toMatchObject({ exit: 15, stderr: expect.stringContaining('forgotten') });
    expect(await run(ben, ['check', '--all'])).toMatchObject({ exit: 0 });
    expect(JSON.parse((await run(ben, ['repair'])).stdout)).toMatchObject({ steps: [], want: null });
  });

  it('is carried to nobody from here, and trace says so', async () => {
    const [cleo] = (await makeFriends(path.join(parent, 'more'), ['cleo'], 'garden')) as [Replica];
    ben.meet(cleo);
    const [, second = ''] = ids;
    const next = async (): Promise<unknown> => (await looked(ben, 'trace', second))[0]?.['next'];
    expect(await next()).toContain('export');
    await run(ben, ['forget', second]);
    expect(await next()).toBeNull();
    const { stdout } = await run(ben, ['trace', second], { people: 'pipe' });
    expect(stdout).toContain('somebody else who has it can bring it');
  });

  it('is gone for who has handed it out before, too', async () => {
    const [, second = ''] = ids;
    await looked(ben, 'feed', '--as', 'x');
    await run(ben, ['forget', second]);
    const handed = await looked(ben, 'feed', '--as', 'x');
    expect(handed[1]).toEqual({ offset: 2, id: second, gone: true, state: 'forgotten' });
  });

  it('takes edits along, and a later one is not shown', async () => {
    const [, second = ''] = ids;
    await run(ana, ['edit', second, 'another secret']);
    await bring(ana, ben);
    await run(ben, ['forget', second]);
    expect(filesWith(ben.directory, 'another secret')).toEqual([]);
    await run(ana, ['edit', second, 'a third']);
    await bring(ana, ben);
    expect((await looked(ben, 'read', '-t', 'garden')).map(({ text }) => text)).toEqual(['one', 'three']);
  });

  it('needs force for what nobody else is known to have, and then forgets nothing of what was named', async () => {
    const [first = '', second = ''] = ids;
    const refused = await run(ana, ['forget', first]);
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringContaining('--force') });
    await bring(ben, ana);
    const { id = '' } = (await ana.post('garden', 'new'))[0] ?? {};
    expect(await run(ana, ['forget', second, id])).toMatchObject({ exit: 3 });
    expect(ana.reopen().texts('garden')).toEqual(['one', SECRET, 'three', 'new']);
    expect(await run(ana, ['forget', second, id, '--force'])).toMatchObject({ exit: 0 });
    expect(ana.reopen().texts('garden')).toEqual(['one', '-', 'three', '-']);
  });

  it('needs force for an edit that nobody else is known to have', async () => {
    const [, second = ''] = ids;
    await bring(ben, ana);
    await run(ana, ['edit', second, 'another secret']);
    const refused = await run(ana, ['forget', second]);
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringContaining('your edit of message') });
    ana.now += 40 * DAY_MS;
    const older = await run(ana, ['topic', 'forget', '-t', 'garden', '--older', '30d']);
    expect(JSON.parse(older.stdout)).toMatchObject({ messages: 2, kept: 1 });
    await bring(ana, ben);
    await bring(ben, ana);
    expect(await run(ana, ['forget', second])).toMatchObject({ exit: 0 });
    expect(await run(ben, ['react', second, '+1'])).toMatchObject({ exit: 0 });
    const reacted = await run(ben, ['forget', second]);
    expect(reacted).toMatchObject({ exit: 3, stderr: expect.stringContaining('your reaction to message') });
  });

  it('refuses an edit and a reaction, and names what they are about', async () => {
    const [, second = ''] = ids;
    for (const words of [
      ['edit', second, 'another secret'],
      ['react', second, '+1'],
    ]) {
      const { id } = JSON.parse((await run(ana, words)).stdout);
      for (const force of [[], ['--force']]) {
        const ended = await run(ana, ['forget', id, ...force]);
        expect(ended).toMatchObject({ exit: 2, stderr: expect.stringContaining(`forget ${second.slice(0, 10)}`) });
      }
    }
    expect((await looked(ana, 'read', '-t', 'garden')).map(({ text }) => text)).toContain('another secret');
  });

  it('needs force for files until somebody said that it lacks none of them', async () => {
    const root = await attach(ana, 'garden', 'with a plan', chunksOf('plan', 5));
    const { id = '' } = ana.messages('garden').find(({ entry }) => entry.payload?.includes('with a plan'))?.entry ?? {};
    await bring(ana, ben);
    const list = ben.repository.blobs.list(root);
    if (!list) throw new Error('the list did not come');
    ben.repository.blobs.remove(list.hash(0));
    await bring(ben, ana);
    const refused = await run(ana, ['forget', id]);
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringContaining('all files of your message') });
    expect(heldChunks(ana, root)).toBe(5);
    await bring(ana, ben);
    expect(heldChunks(ben, root)).toBe(5);
    expect(await run(ana, ['forget', id])).toMatchObject({ exit: 3 });
    await bring(ben, ana);
    expect(await run(ana, ['forget', id])).toMatchObject({ exit: 0 });
    expect(heldChunks(ana, root)).toBeUndefined();
  });

  it('leaves no hole when nobody has it: it is retracted, and travels so', async () => {
    await bring(ben, ana);
    const { id = '' } = (await ana.post('garden', 'too much'))[0] ?? {};
    await ana.post('garden', 'five');
    const forced = await run(ana, ['forget', id, '--force'], { people: 'pipe' });
    expect(forced.stdout).toBe(`forgot ${id.slice(0, 10)}, and retracted it; nobody else is known to have it\n`);
    expect(filesWith(ana.directory, 'too much')).toEqual([]);
    ana.reopen();
    await bring(ana, ben);
    const { stdout, stderr } = await run(ben, ['read', '-t', 'garden'], { people: 'pipe' });
    expect(stdout).toContain('five');
    expect(stdout + stderr).not.toContain('not here yet');
    for (const one of [ana, ben]) expect(await run(one, ['check', '--all'])).toMatchObject({ exit: 0 });
  });

  it('is taken back in one commit, however much it is', async () => {
    const posted = [];
    for (let at = 0; at < 20; at++) posted.push(...(await ana.post('garden', `alone ${at}`)));
    const odd = posted.filter((_, at) => at % 2 === 1).map(({ id }) => id);
    await run(ana, ['edit', odd[0] ?? '', 'alone and edited']);
    ana.reopen();
    const before = ana.repository.lastArrival;
    const { forgotten } = JSON.parse((await run(ana, ['forget', '--force', ...odd])).stdout);
    expect(forgotten.map(({ retracted }: { retracted: boolean }) => retracted)).toEqual(odd.map(() => true));
    ana.reopen();
    expect(ana.repository.lastArrival).toBe(before + 1);
    await bring(ana, ben);
    expect((await looked(ben, 'read', '-t', 'garden')).map(({ text }) => text).slice(3)).toEqual(
      posted.flatMap((_, at) => (at % 2 === 0 ? `alone ${at}` : [])),
    );
    for (const one of [ana, ben]) expect(await run(one, ['check', '--all'])).toMatchObject({ exit: 0 });
  });

  it('may still be taken back, which asks the others', async () => {
    const [, second = ''] = ids;
    await bring(ben, ana);
    await run(ana, ['forget', second]);
    expect(await run(ana, ['retract', second])).toMatchObject({ exit: 0 });
    ana.reopen();
    await bring(ana, ben);
    expect((await looked(ben, 'read', '-t', 'garden')).map(({ text }) => text)).toEqual(['one', 'three']);
    expect(await looked(ana, 'show', second)).toMatchObject([{ state: 'retracted' }]);
  });

  it('refuses what is no message, and private topics, and says why', async () => {
    const introductions = [...ben.repository.logs()].map(({ log }) => ben.repository.entry(log, 0)?.id ?? '');
    expect(await run(ben, ['forget', introductions[0] ?? ''])).toMatchObject({ exit: 2 });
    expect(await run(ben, ['forget', 'ffffffff'])).toMatchObject({ exit: 15 });
    await run(ben, ['topic', 'create', 'family', '--private']);
    const { id } = JSON.parse((await run(ben, ['post', '-t', 'family', 'among us'])).stdout);
    for (const words of [
      ['forget', id],
      ['topic', 'forget', '-t', 'family', '--older', '1d'],
    ]) {
      const ended = await run(ben, words);
      expect(ended.exit, words.join(' ')).toBe(2);
      expect(ended.stderr).toContain('private topic');
      expect(ended.stderr).toContain('satchel hide');
    }
  });
});

describe('topic forget', () => {
  it('forgets what is older, and keeps own messages that nobody has', async () => {
    ben.now = ana.now + 40 * DAY_MS;
    await ben.post('garden', 'mine');
    ben.now += 40 * DAY_MS;
    await ben.post('garden', 'new');
    const ended = await run(ben, ['topic', 'forget', '-t', 'garden', '--older', '30d']);
    expect(ended.exit).toBe(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({ name: 'garden', messages: 3, kept: 1, payloadsDropped: 3 });
    expect((await looked(ben, 'read', '-t', 'garden')).map(({ text }) => text)).toEqual(['mine', 'new']);
    expect(filesWith(ben.directory, SECRET)).toEqual([]);
    const forced = await run(ben, ['topic', 'forget', '-t', 'garden', '--older', '30d', '--force']);
    expect(forced.exit).toBe(0);
    expect((await looked(ben, 'read', '-t', 'garden')).map(({ text }) => text)).toEqual(['new']);
    const again = JSON.parse((await run(ben, ['topic', 'forget', '-t', 'garden', '--older', '30d'])).stdout);
    expect(again).toMatchObject({ messages: 0, kept: 0, payloadsDropped: 0 });
  });

  it('wants to know how old', async () => {
    for (const words of [[], ['--older', 'yesterday'], ['--older', '3x']]) {
      const ended = await run(ben, ['topic', 'forget', '-t', 'garden', ...words]);
      expect(ended).toMatchObject({ exit: 2, stderr: expect.stringContaining('--older') });
    }
  });
});
