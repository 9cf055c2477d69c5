// The pages by situation as the program shows them.
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../src/cli/command/command-line.js';
import { lookAt } from '../../../src/cli/command/well-formed.js';
import { guideMeant, guidesAbout, listGuides } from '../../../src/cli/guides/guides.js';
import { renderGuides, renderPage } from '../../../src/cli/guides/render.js';
import { PLAIN } from '../../../src/cli/terminal/style.js';
import { widthOf } from '../../../src/cli/terminal/width.js';

describe('guides', () => {
  it('are the pages of docs/README.md, in its order', () => {
    const named = [...fs.readFileSync('docs/README.md', 'utf8').matchAll(/\]\(([a-z-]+)\.md\) \|/g)].map(
      ([, name]) => name,
    );
    expect(listGuides().map(({ name }) => name)).toEqual(named);
    expect(named.length).toBeGreaterThan(10);
    const list = renderGuides({ style: PLAIN, columns: 40 });
    for (const name of named) expect(list).toContain(`  satchel help ${name}`);
  });

  it.each([80, 40])('keep to %i columns, but for what is to be copied, and leave no word out', (columns) => {
    for (const { name, text } of listGuides()) {
      const lines = renderPage(text, { style: PLAIN, columns });
      const wide = lines.filter((line) => widthOf(line) > columns && !line.startsWith('    '));
      expect(
        wide.filter((line) => line.trim().includes(' ')),
        name,
      ).toEqual([]);
      const words = (some: string): string[] => some.match(/[A-Za-z]{4,}/g) ?? [];
      const shown = new Set(words(lines.join(' ')));
      const links = /\]\([^)]*\)|^!\[.*$|^```.*$/gm;
      expect(
        words(text.replaceAll(links, ' ')).filter((word) => !shown.has(word)),
        name,
      ).toEqual([]);
    }
  });

  it('name each other by the commands that show them', () => {
    const page =
      'See [their page](two-people-and-a-stick.md#first), [this](http://a.example/) and [spec](../spec/cli.md).';
    expect(renderPage(page, { style: PLAIN, columns: 200 })).toEqual([
      'See their page (satchel help two-people-and-a-stick), this (http://a.example/) and spec.',
    ]);
  });

  it.each([
    ['two-people-and-a-stick', 'two-people-and-a-stick'],
    ['two people', 'two-people-and-a-stick'],
    ['Courier', 'courier'],
    ['lost', 'trouble'],
    ['mail', 'by-mail'],
    ['new computer', 'a-new-computer'],
  ])('%s is found', (words, name) => {
    expect(guidesAbout(words).map((guide) => guide.name)).toEqual([name]);
  });

  it('are all that could be meant, and none is guessed', () => {
    expect(guidesAbout('stick').map(({ name }) => name)).toEqual([
      ...['two-people-and-a-stick', 'a-group-and-one-stick', 'trouble'],
    ]);
    expect([guidesAbout('a').length > 3, guideMeant('a')]).toEqual([true, undefined]);
    expect([guidesAbout('trubble'), guideMeant('trubble')]).toEqual([[], 'trouble']);
  });

  it('are asked for by name, and mistyped commands are told as before', async () => {
    const asked = (...words: string[]) => readCommandLine(['help', ...words], lookAt(['help', ...words]));
    expect(await asked('guides')).toEqual({ kind: 'guide', guide: 'all' });
    expect(await asked('courier')).toMatchObject({ kind: 'guide', guide: { name: 'courier' } });
    expect(await asked('post')).toMatchObject({ kind: 'help', topic: { name: 'post' } });
    await expect(asked('stick')).rejects.toMatchObject({
      message: 'several guides are about "stick"',
      hint: 'satchel help two-people-and-a-stick, satchel help a-group-and-one-stick, satchel help trouble',
    });
    await expect(asked('a')).rejects.toMatchObject({ message: 'unknown command "a"' });
    await expect(asked('trubble')).rejects.toMatchObject({
      code: 'usage',
      hint: 'did you mean "satchel help trouble"?',
    });
    await expect(asked('pots')).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('post') });
  });
});
