// The pages of `docs/` are true: every command in them runs with the built program, and prints what they show.
import { describe, expect, it } from 'vitest';
import { Machines, stepsOf } from './testkit/console.js';
import { scratchDirectory } from './testkit/scratch.js';
import { type Block, blocksOf, headingsOf, pagesIn, readPage, tableRows } from './testkit/spec-pages.js';

const LIMIT_MS = 300_000;
const RUN = ['console', 'sh', 'cron'];
const pages = pagesIn('docs').map((file) => {
  const page = readPage(file);
  return { file, page, blocks: blocksOf(page).filter(({ language }) => RUN.includes(language)) };
});

describe('a page by situation', () => {
  const told = pages.filter(({ blocks }) => blocks.length > 0);

  it('is there for each, and listed', () => {
    expect(told.length).toBeGreaterThanOrEqual(8);
    const listed = tableRows(readPage('docs/README.md'), 'By situation').map(([, link]) => link ?? '');
    expect(told.filter(({ file }) => !listed.some((link) => link.includes(file.slice('docs/'.length))))).toEqual([]);
  });

  it.each(told.map(({ file, blocks }) => [file, blocks] as const))(
    '%s does what it says',
    { timeout: LIMIT_MS },
    (_, blocks) => {
      const machines = new Machines(scratchDirectory());
      for (const step of stepsOf(blocks)) {
        const differs = machines.run(step);
        expect(differs?.actual, `${step.where}: ${step.command}`).toBe(differs?.expected);
        expect(differs, `${step.where}: ${step.command}`).toBeUndefined();
      }
    },
  );

  it('shows no block that nothing runs', () => {
    const all = pages.flatMap(({ page }) => blocksOf(page));
    expect(all.filter(({ language }) => !RUN.includes(language)).map(({ page, line }) => `${page}:${line}`)).toEqual(
      [],
    );
  });
});

describe('the commands that two friends type', () => {
  const page = readPage('docs/two-people-and-a-stick.md');

  it('are as many as the table says', () => {
    const rows = tableRows(readPage('docs/README.md'), 'Commands typed');
    const counted = ['First contact', 'An ordinary day', 'With watch'].map((heading) => [
      heading.toLowerCase(),
      ...['ana', 'ben'].map((who) => String(typedBy(who, heading))),
    ]);
    expect(rows).toEqual(counted);
  });

  it('carry in one command a day, and with watch in one for ever', () => {
    const carrying = /^satchel (sync|watch|export|import)\b/;
    expect(
      stepsIn('An ordinary day').filter(({ machine, command }) => machine === 'ben' && carrying.test(command)),
    ).toHaveLength(1);
    expect(stepsIn('With watch').map(({ command }) => command)).toEqual(['satchel watch']);
  });

  function typedBy(who: string, heading: string): number {
    return stepsIn(heading).filter(({ machine }) => machine === who).length;
  }

  function stepsIn(heading: string): ReturnType<typeof stepsOf> {
    return stepsOf(blocksOf(page).filter((block) => sectionOf(block) === heading));
  }

  /** The heading that stands last in front of a block. */
  function sectionOf({ line }: Block): string | undefined {
    const before = { ...page, text: page.text.split('\n').slice(0, line).join('\n') };
    return headingsOf(before).at(-1);
  }
});
