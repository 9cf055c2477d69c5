// What `read` shows of what is asked for.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../../../src/cli/command/command-line.js';
import { createContext, type GlobalArgs } from '../../../../../src/cli/command/context.js';
import type { Args } from '../../../../../src/cli/command/table/commands.js';
import { lookAt } from '../../../../../src/cli/command/well-formed.js';
import { run } from '../../../../../src/cli/commands/conversation/read.js';
import { OutputClosed } from '../../../../../src/cli/terminal/output.js';
import type { Paged } from '../../../../../src/cli/terminal/pager.js';
import { writeHidden } from '../../../../../src/topic/reading/hidden.js';
import { type EndedHere, type HereOptions, runFor } from '../../../../testkit/command.js';
import { documents } from '../../../../testkit/documents.js';
import type { Replica } from '../../../../testkit/replica.js';
import { makeFriends } from '../../../../testkit/replicas.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

process.env['TZ'] = 'UTC';

const HOUR_MS = 3_600_000;
let ana: Replica;
let ben: Replica;
let parent: string;

beforeEach(async () => {
  parent = scratchDirectory();
  [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 't')) as [Replica, Replica];
  await ben.post('t', 'late');
  const late = path.join(parent, 'late.satchel');
  await ben.export(late);
  for (const one of [ana, ben]) one.now += 30 * HOUR_MS;
  await ana.post('t', 'old');
  await ana.post('u', 'elsewhere');
  ana.now += 10 * HOUR_MS;
  await ana.post('t', 'new');
  ana.import(late);
  ana.now += HOUR_MS;
});

function read(argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  return runFor(ana, ['read', ...argv], options);
}

async function texts(...argv: readonly string[]): Promise<string[]> {
  const { stdout } = await read(argv);
  return documents<Told>(stdout).map(({ text }) => text);
}

async function parsedRead(directory: string): Promise<GlobalArgs & Args<'read'>> {
  const line = ['-C', directory, 'read', '-t', 't', '--mark', '--json'];
  const asked = await readCommandLine(line, lookAt(line));
  if (asked.kind !== 'run') throw new Error('no command');
  return asked.args as unknown as GlobalArgs & Args<'read'>;
}

interface Told {
  readonly text: string;
  readonly arrived: number | null;
}

describe('read', () => {
  it('gives names as many columns as those have that are shown, in a pipe too', async () => {
    const shown = async (...argv: string[]) => (await read(['-t', 't', ...argv], { people: 'pipe' })).stdout;
    expect(await shown()).toMatch(/^00:00 [0-9a-f]{10} ben {2}\| late$/m);
    expect(await shown('--since', '2020-01-01')).toMatch(/^06:00 [0-9a-f]{10} ana {2}\| old$/m);
    await runFor(ana, ['contact', 'rename', 'ben', 'Benedikt']);
    expect(await shown()).toMatch(/^06:00 [0-9a-f]{10} ana {7}\| old$/m);
    expect(await shown('--author', 'ana')).toMatch(/^06:00 [0-9a-f]{10} ana {2}\| old$/m);
  });

  it('says of each message when it came, whenever it was written', async () => {
    const told = documents<Told>((await read(['-t', 't'])).stdout);
    expect(told.map(({ text }) => text)).toEqual(['late', 'old', 'new']);
    expect(told.map(({ arrived }) => (ana.now - (arrived ?? 0)) / HOUR_MS)).toEqual([1, 11, 1]);
  });

  it('shows what came since, and what was written between', async () => {
    expect(await texts('-t', 't', '--arrived-since', '2h')).toEqual(['late', 'new']);
    expect(await texts('-t', 't', '--arrived-since', '12h', '-n', '2')).toEqual(['old', 'new']);
    expect(await texts('-t', 't', '--since', '12h')).toEqual(['old', 'new']);
    expect(await texts('-t', 't', '--until', '5h')).toEqual(['late', 'old']);
    expect(await texts('-t', 't', '--until', '5h', '-n', '1')).toEqual(['old']);
    expect(await texts('-t', 't', '--since', '12h', '--until', '5h', '--all')).toContain('old');
    expect(await texts('-t', 't', '--until', String(ana.now - 5 * HOUR_MS))).toEqual(['late', 'old']);
  });

  it('goes through several topics, each under its label', async () => {
    expect(await texts('-t', 'u', '-t', 't', '-t', 'u')).toEqual(['elsewhere', 'late', 'old', 'new']);
    expect(await texts('--all-topics', '-n', '1')).toEqual(['new', 'elsewhere']);
    const { stdout } = await read(['--all-topics'], { people: 'pipe' });
    expect(stdout.match(/^# .*|\| .*/gm)).toEqual(['# t', '| late', '| old', '| new', '# u', '| elsewhere']);
    const { exit, stderr } = await read(['--all-topics', '-t', 't'], { people: 'pipe' });
    expect([exit, stderr.split('\n')[0]]).toEqual([
      2,
      'satchel: error: --topic does not go together with --all-topics',
    ]);
  });

  it('says of how many messages it is not known when they came', async () => {
    fs.rmSync(path.join(ana.directory, '.satchel/journal/arrivals'));
    await ana.post('t', 'known');
    const json = await read(['-t', 't', '--arrived-since', '2h']);
    expect(documents<Told>(json.stdout).map(({ text }) => text)).toEqual(['known']);
    expect(JSON.parse(json.stderr)).toMatchObject({ type: 'warning', code: 'arrival-unknown', count: 3 });
    const { stderr } = await read(['-t', 't', '--arrived-since', '2h'], { people: 'pipe' });
    expect(stderr).toContain('of 3 messages nothing tells any more when they came here');
    expect(documents<Told>((await read(['-t', 't'])).stdout).map(({ arrived }) => arrived)).toEqual([
      null,
      null,
      null,
      ana.now,
    ]);
  });

  it('does not let a clock that is far ahead hold the end', async () => {
    const far = ana.now + 400 * 24 * HOUR_MS;
    const file = path.join(parent, 'far.satchel');
    for (const text of ['from the future', 'also']) await ben.post('t', { body: text, time: far });
    await ben.export(file);
    ana.import(file);
    await ana.post('t', 'the end');
    expect(await texts('-t', 't', '-n', '2')).toEqual(['from the future', 'also']);
    const { stdout } = await read(['-t', 't', '-n', '2'], { people: 'pipe' });
    expect(stdout.match(/^─.*|\| .*/gm)).toEqual([
      '─── clocks far ahead, which can not be right',
      '| from the future',
      '| also',
      '| new',
      '| the end',
    ]);
    const news = (await read(['-t', 't'], { people: { columns: 80 } })).stdout;
    expect(news.match(/\| .*/g)?.slice(-1)).toEqual(['| the end']);
    const again = (await read(['-t', 't'], { people: { columns: 80 } })).stdout;
    expect(again.match(/\| .*/g)).toEqual(news.match(/\| .*/g));
    // in a stream they come where they sort, and are told from the rest all the same
    const all = (await read(['-t', 't'], { people: 'pipe' })).stdout;
    expect(all.match(/^─.*|\| .*/gm)?.slice(-4)).toEqual([
      '| the end',
      '─── clocks far ahead, which can not be right',
      '| from the future',
      '| also',
    ]);
  });

  it('marks only where all that is unread was shown', async () => {
    const file = path.join(parent, 'more.satchel');
    for (const text of ['a', 'b']) await ben.post('t', text);
    await ben.export(file);
    ana.import(file);
    const unread = async (): Promise<string[]> => texts('-t', 't', '--unread');
    for (const argv of [
      ['-n', '1'],
      ['--grep', 'a'],
      ['--until', '20h'],
      ['--author', 'me'],
    ]) {
      const { stderr } = await read(['-t', 't', '--mark', ...argv]);
      expect(JSON.parse(stderr), argv.join(' ')).toMatchObject({ type: 'warning', code: 'not-marked' });
      expect(await unread(), argv.join(' ')).toEqual(['late', 'a', 'b']);
    }
    const { stderr } = await read(['-t', 't', '--mark', '-n', '1'], { people: 'pipe' });
    expect(stderr).toContain('nothing is marked as read: 3 unread messages were not among what was shown');
    // what is hidden is shown by nothing, and keeps nothing from being marked
    const [hidden] = ana.messages('t').filter(({ entry }) => entry.payload?.includes('late'));
    writeHidden(ana.directory, new Set(hidden ? [hidden.entry.id] : []));
    expect(await texts('-t', 't', '--mark', '--author', 'ben')).toEqual(['a', 'b']);
    expect(await unread()).toEqual([]);
  });

  it('marks nothing that nobody took', async () => {
    const stdout = {
      isTerminal: false,
      columns: 80,
      write: () => undefined,
      flush: () => {
        throw new OutputClosed();
      },
    };
    const args = await parsedRead(ana.directory);
    const world = { now: () => ana.now, random: (size: number) => Buffer.alloc(size, 7) };
    const context = createContext(args, { stdout, stderr: stdout, canAsk: () => false, env: {}, world });
    await expect(run(context, args)).rejects.toThrow(OutputClosed);
    expect(await texts('-t', 't', '--unread')).toEqual(['late']);
  });

  it('notices behind each topic that its reader has gone', async () => {
    const written: string[] = [];
    const stdout = {
      isTerminal: false,
      columns: 80,
      write: (chunk: string | Uint8Array) => void written.push(String(chunk)),
      flush: () => {
        throw new OutputClosed();
      },
    };
    const args = { ...(await parsedRead(ana.directory)), topic: ['u', 't'] };
    const world = { now: () => ana.now, random: (size: number) => Buffer.alloc(size, 7) };
    const context = createContext(args, { stdout, stderr: stdout, canAsk: () => false, env: {}, world });
    await expect(run(context, args)).rejects.toThrow(OutputClosed);
    expect(documents(written.join('')).map(({ text }) => text)).toEqual(['elsewhere']);
  });

  it('counts as read on a terminal what the pager took', async () => {
    const people = { columns: 80 };
    const paged: string[] = [];
    const shownBy = (became: Paged): Promise<EndedHere> => {
      const page = async (text: string): Promise<Paged> => {
        paged.push(text);
        return became;
      };
      return read(['-t', 't'], { people, page });
    };
    expect((await shownBy('left')).stdout).toBe('');
    expect(await texts('-t', 't', '--unread')).toEqual(['late']);
    expect((await read(['-t', 't', '--no-pager', '--grep', 'new'], { people })).stdout).toContain('| new');
    expect((await shownBy('taken')).stdout).toBe('');
    expect(await texts('-t', 't', '--unread')).toEqual([]);
    expect(paged.map((text) => text.match(/\| .*/g))).toEqual([
      ['| late', '| old', '| new'],
      ['| late', '| old', '| new'],
    ]);
    expect((await shownBy('no-pager')).stdout).toBe(paged.at(-1));
  });
});
