// What `search` finds, and how it shows it.
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EndedHere, type HereOptions, runFor } from '../../../../testkit/command.js';
import { documents } from '../../../../testkit/documents.js';
import type { Replica } from '../../../../testkit/replica.js';
import { makeFriends } from '../../../../testkit/replicas.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

process.env['TZ'] = 'UTC';

const DAY_MS = 86_400_000;
let ana: Replica;
let ben: Replica;
let parent: string;

beforeEach(async () => {
  parent = scratchDirectory();
  [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 'garden')) as [Replica, Replica];
});

function run(argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  return runFor(ana, argv, options);
}

interface Told {
  readonly id: string;
  readonly text: string;
  readonly match: boolean;
}

async function search(...argv: readonly string[]): Promise<Told[]> {
  const { stdout } = await run(['search', ...argv]);
  return documents<Told>(stdout);
}

async function found(...argv: readonly string[]): Promise<string[]> {
  return (await search(...argv)).map(({ text, match }) => (match ? text : `(${text})`));
}

async function post(topic: string, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await ana.post(topic, text);
}

describe('search', () => {
  it('looks through all topics, or some, for all of the words', async () => {
    await post('garden', 'the beans are up', 'peas', 'Beans und Erbsen');
    await post('shed', 'no beans here', 'up there');
    expect(await found('beans')).toEqual(['the beans are up', 'Beans und Erbsen', 'no beans here']);
    expect(await found('up', 'BEANS')).toEqual(['the beans are up']);
    expect(await found('beans are')).toEqual(['the beans are up']);
    expect(await found('"beans up"')).toEqual([]);
    expect(await found('-t', 'shed', 'beans')).toEqual(['no beans here']);
    expect(await found('beans', '-n', '1')).toEqual(['Beans und Erbsen', 'no beans here']);
    expect(await run(['search', 'nowhere'])).toEqual({ exit: 0, stdout: '', stderr: '' });
    const nothing = await run(['search', 'nowhere'], { people: { columns: 80 } });
    expect(nothing).toEqual({ exit: 0, stdout: '', stderr: 'nothing found\n' });
  });

  it('shows what stands around, marked, under topics and days', async () => {
    await post('garden', 'a', 'b', 'needle', 'c', 'd', 'e', 'f');
    ana.now += DAY_MS;
    await post('garden', 'g', 'needle 2');
    await post('shed', 'needle 3');
    expect(await found('needle', '--context', '1')).toEqual(['(b)', 'needle', '(c)', '(g)', 'needle 2', 'needle 3']);
    const { stdout } = await run(['search', 'needle', '--context', '1'], { people: 'pipe' });
    expect(stdout.replaceAll(/ +\d\d:\d\d .*\|/g, ' |').split('\n')).toEqual([
      '# garden',
      'Thursday 1 January 2026',
      ' | b',
      '> | needle',
      ' | c',
      '--',
      '',
      'Friday 2 January 2026',
      ' | g',
      '> | needle 2',
      '',
      '# shed',
      'Friday 2 January 2026',
      '> | needle 3',
      '',
    ]);
    const bare = await run(['search', 'needle'], { people: 'pipe' });
    expect(bare.stdout).not.toMatch(/^>|^--/m);
  });

  it('finds the text of the newest edit, names of files, and nothing that is not shown', async () => {
    fs.writeFileSync(path.join(parent, 'Bed Plan.txt'), 'x');
    await run(['post', '-t', 'garden', '--attach', path.join(parent, 'Bed Plan.txt'), 'see here']);
    expect(await found('bed plan')).toEqual(['see here']);
    await post('garden', 'frist', 'second thoughts', 'out of sight');
    await run(['edit', await idOf('frist'), 'first']);
    await run(['retract', await idOf('second')]);
    await run(['hide', await idOf('out of')]);
    expect(await found('frist')).toEqual([]);
    expect(await found('first')).toEqual(['first']);
    for (const word of ['second', 'sight']) expect(await found(word)).toEqual([]);
    // neither stand they around others
    expect(await found('first', '--context', '5')).toEqual(['(see here)', 'first']);
    await ben.post('garden', 'of a blocked one');
    await ben.export(path.join(parent, 'ben.satchel'));
    ana.import(path.join(parent, 'ben.satchel'));
    expect(await found('blocked')).toHaveLength(1);
    await run(['contact', 'block', 'ben']);
    expect(await found('blocked')).toEqual([]);
  });

  it('refuses to look for nothing, and for too much around', async () => {
    expect((await run(['search', ' '])).exit).toBe(2);
    expect((await run(['search', 'x', '--context', '1001'])).exit).toBe(2);
    expect((await run(['search', 'x', '-t', 'nowhere'])).exit).toBe(15);
  });

  it('gives, from either end, what a look through all of it gives', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => (i % 7 === 3 || i % 11 === 2 ? `x ${i}` : `o ${i}`));
    await post('garden', ...texts);
    const numbers = fc.record({ context: fc.nat(6), number: fc.option(fc.nat(12), { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(numbers, async ({ context, number }) => {
        const last = number === undefined ? [] : ['-n', String(number)];
        expect(await found('x', '--context', String(context), ...last)).toEqual(naive(texts, context, number));
      }),
      { numRuns: 40 },
    );
  });
});

async function idOf(text: string): Promise<string> {
  return (await search(text))[0]?.id ?? '';
}

function naive(texts: readonly string[], context: number, number = texts.length): string[] {
  const all = texts.flatMap((text, at) => (text.startsWith('x') ? [at] : []));
  const matches = number === 0 ? [] : all.slice(-number);
  const near = texts.map((_, at) => matches.some((match) => Math.abs(match - at) <= context));
  return texts.flatMap((text, at) => (near[at] ? [matches.includes(at) ? text : `(${text})`] : []));
}
