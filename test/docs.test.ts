// The documents are true: their tables equal the code, their dumps the fixtures, what they show is what the program prints,
// and what refers to them finds its section.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command, Option } from '../src/cli/command/command.js';
import { SETTINGS } from '../src/cli/command/settings.js';
import { COMMANDS, SECTIONS } from '../src/cli/command/table/commands.js';
import { GLOBAL_OPTIONS } from '../src/cli/command/table/globals.js';
import { DOMAINS, HASH_PREFIXES, HKDF_INFOS } from '../src/format/domains.js';
import { EXIT_OF_CODE } from '../src/format/error.js';
import * as LIMITS from '../src/format/limits.js';
import { type Compact, expand } from './testkit/compact.js';
import { Machines, stepsOf } from './testkit/console.js';
import { scratchDirectory } from './testkit/scratch.js';
import { readSourceFiles } from './testkit/source-files.js';
import {
  anchorOf,
  type Block,
  blocksOf,
  citationsIn,
  headingsOf,
  isThere,
  linksOf,
  readPage,
  readPages,
  tableRows,
} from './testkit/spec-pages.js';

const pages = readPages();
const cli = readPage('spec/cli.md');
const source = readSourceFiles();

function code(text: string): string {
  return `\`${text}\``;
}

describe('references', () => {
  it('from the source find their page and section', () => {
    const cited = [...source].flatMap(([file, text]) => citationsIn(text).map((one) => ({ file, ...one })));
    expect(cited.length).toBeGreaterThan(100);
    const missing = cited.filter(({ page, section }) => !hasSection(page, section));
    expect(missing.map(({ file, page, section }) => `${file}: ${page}, "${section}"`)).toEqual([]);
  });

  it('are seen across the lines of a comment, several at once, and missed when there is no such section', () => {
    const text = '// (spec/log.md, "Segments",\n// "Heads"; spec/log.md, "Nowhere")';
    expect(citationsIn(text)).toEqual([
      { page: 'spec/log.md', section: 'Segments' },
      { page: 'spec/log.md', section: 'Heads' },
      { page: 'spec/log.md', section: 'Nowhere' },
    ]);
    expect(hasSection('spec/log.md', 'Heads')).toBe(true);
    expect(hasSection('spec/log.md', 'Nowhere')).toBe(false);
    expect(hasSection('spec/nowhere.md', undefined)).toBe(false);
  });

  it.each(pages.map((page) => [page.file, page] as const))('from %s find their target', (_file, page) => {
    const dead = linksOf(page).filter(
      ([file, anchor]) => !isThere(file) || (anchor !== '' && !hasAnchor(file, anchor)),
    );
    expect(dead).toEqual([]);
  });

  it('from the tests find their page and section', () => {
    const directory = path.join(import.meta.dirname, 'testkit');
    const texts = fs.readdirSync(directory).map((name) => fs.readFileSync(path.join(directory, name), 'utf8'));
    const missing = texts.flatMap(citationsIn).filter(({ page, section }) => !hasSection(page, section));
    expect(missing).toEqual([]);
  });
});

describe('docs/architecture.md and CONTRIBUTING.md', () => {
  const words = ['docs/architecture.md', 'CONTRIBUTING.md'].flatMap((file) => wordsInCode(readPage(file).text));

  it('name files and folders that are there', () => {
    const named = words.filter((word) => /^(src|test|fixtures|spec|docs)\//.test(word));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((word) => !fs.existsSync(path.join(import.meta.dirname, '..', word)))).toEqual([]);
  });

  it('name functions and types that the source exports', () => {
    const exported = new Set([...source.values()].flatMap(exportsOf));
    const named = words.filter((word) => /^[a-z]\w*\(\)$|^[A-Z][a-z]+[A-Za-z]*$/.test(word));
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((word) => !exported.has(word.replace('()', '')))).toEqual([]);
  });

  it('name every room', () => {
    const rooms = new Set(
      [...source.keys()]
        .map((file) => file.split('/').slice(0, 2))
        .filter(isRoom)
        .map(joined),
    );
    expect(rooms.size).toBeGreaterThan(15);
    expect([...rooms].filter((room) => !words.includes(room))).toEqual([]);
  });
});

function isRoom([, inner = '']: readonly string[]): boolean {
  return inner !== '' && !inner.endsWith('.ts');
}

function joined(parts: readonly string[]): string {
  return `src/${parts.join('/')}/`;
}

/** What a page sets as code within its lines. */
function wordsInCode(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => word);
}

function exportsOf(text: string): string[] {
  return [...text.matchAll(/^export (?:async )?(?:function\*?|class|interface|type|const) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
}

/** Letter case aside, as in prose. */
function hasSection(file: string, section: string | undefined): boolean {
  const page = pages.find((one) => one.file === file);
  if (!page || section === undefined) return page !== undefined;
  return headingsOf(page).some((heading) => heading.toLowerCase() === section.toLowerCase());
}

function hasAnchor(file: string, anchor: string): boolean {
  const page = pages.find((one) => one.file === file);
  return page !== undefined && headingsOf(page).some((heading) => anchorOf(heading) === anchor);
}

describe('tables', () => {
  it('of limits name every limit with its value', () => {
    const rows = pages.flatMap((page) => tableRows(page, 'Limits')).map(([name = '', value = '']) => [name, value]);
    const values = Object.entries(LIMITS).map(([name, value]) => [
      code(name),
      value === 2 ** 48 ? '2^48' : grouped(value),
    ]);
    expect(rows.sort()).toEqual(values.sort());
  });

  it('of error codes name every code with its exit status', () => {
    const rows = tableRows(cli, 'Error codes').map(([word = '', exit = '']) => [word, exit]);
    expect(rows.sort()).toEqual(
      Object.entries(EXIT_OF_CODE)
        .map(([word, exit]) => [code(word), String(exit)])
        .sort(),
    );
  });

  it('of exit codes name every exit status', () => {
    const rows = tableRows(cli, 'Exit codes').map(([exit]) => Number(exit));
    expect(new Set(rows)).toEqual(new Set([0, ...Object.values(EXIT_OF_CODE), 130, 143]));
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
  });

  it('of domains name every domain string and every prefix', () => {
    const rows = tableRows(readPage('spec/README.md'), 'Domains').map(([name, value]) => [name, value]);
    const domains = Object.entries({ ...DOMAINS, ...HKDF_INFOS }).map(([name, text]) => [
      code(name),
      code(text.replace(/\0$/, '')),
    ]);
    const prefixes = Object.entries(HASH_PREFIXES).map(([name, byte]) => [
      code(name),
      `0x${byte.toString(16).padStart(2, '0')}`,
    ]);
    expect(rows.sort()).toEqual([...domains, ...prefixes].sort());
  });

  it('of commands name every command with its arguments, options and summary', () => {
    const headings = [
      'Identity and contacts',
      'Your devices',
      'Conversation',
      'Drives',
      'Exchange',
      'Topics',
      'Upkeep',
    ];
    const rows = headings.flatMap((heading) => tableRows(cli, heading));
    expect(rows.sort()).toEqual(Object.values<Command>(COMMANDS).map(commandRow).sort());
  });

  it('of the README name every command', () => {
    const rows = tableRows(readPage('README.md'), 'Commands').map(([names]) => names ?? '');
    const named = rows.flatMap((names) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual(Object.keys(COMMANDS).sort());
    expect(rows).toHaveLength(SECTIONS.length);
  });

  it('of global options name every one', () => {
    const rows = tableRows(cli, 'Global options');
    const options = Object.entries<Option>(GLOBAL_OPTIONS).map(([name, option]) => [
      code(`--${name}${option.value === undefined ? '' : ` ${option.value}`}`),
      option.short === undefined ? '' : code(`-${option.short}`),
      option.summary,
    ]);
    expect(rows).toEqual(options);
  });

  it('of settings name every one with its default', () => {
    const rows = tableRows(cli, 'Settings');
    expect(rows).toEqual(
      Object.entries(SETTINGS).map(([name, setting]) => [code(name), String(setting.default), setting.summary]),
    );
  });

  it('of environment variables name every one that the source reads', () => {
    const read = [...source.values()].flatMap((text) => [...text.matchAll(/env\['(\w+)'\]|'(SATCHEL_\w+)'/g)]);
    const names = new Set(read.map(([, direct, named]) => direct ?? named));
    const told = tableRows(cli, 'Environment').flat().join(' ');
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !told.includes(code(name ?? '')))).toEqual([]);
  });

  it('of JSON name every command that prints some', () => {
    // completions are for shells, recovery words for people
    const told = tableRows(cli, 'JSON')
      .map(([names]) => names)
      .join(' ')
      .replaceAll('`', '');
    const groups = Object.keys(COMMANDS).map((name) => name.split(' ').at(-1) ?? name);
    expect(groups.filter((name) => !['completion', 'print'].includes(name) && !told.includes(name))).toEqual([]);
  });
});

function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

function commandRow(command: Command): string[] {
  const places = command.positionals.map(({ value, arity }) => {
    if (arity === 'one') return value;
    if (arity === 'optional') return `[${value}]`;
    return arity === 'some' ? `${value}...` : `[${value}...]`;
  });
  const options = Object.entries<Option>(command.options).map(([name, { value }]) =>
    code(`--${name}${value === undefined ? '' : ` ${value}`}`),
  );
  return [code([command.name, ...places].join(' ')), options.join(' '), command.summary];
}

describe('hex dumps', () => {
  const dumps = pages.flatMap(blocksOf).filter(({ language }) => language === 'hex');

  it('are there', () => {
    expect(dumps.length).toBeGreaterThan(3);
  });

  it.each(dumps.map((dump) => [`${dump.page}:${dump.line}`, dump] as const))('%s shows its fixture', (_where, dump) => {
    const bytes = fixtureBytes(dump);
    const shown = dump.lines.map(readDumpLine);
    for (const { at, hex, line } of shown) expect(bytes.toString('hex', at, at + hex.length / 2), line).toBe(hex);
    expect(shown.length).toBeGreaterThan(3);
  });

  it('do not pass with a byte that is another', () => {
    expect(readDumpLine('0010  00 ff  text')).toEqual({ at: 16, hex: '00ff', line: '0010  00 ff  text' });
    const [dump] = dumps;
    const bytes = fixtureBytes(dump as Block);
    expect(bytes.toString('hex', 0, 8)).not.toBe(readDumpLine('0000  ff61746368736567  magic').hex);
  });
});

/** Offset, bytes with single spaces between them, and behind two spaces what they are. */
function readDumpLine(line: string): { at: number; hex: string; line: string } {
  const [, at = '', hex = ''] = /^([0-9a-f]{4})(?: {2}((?:[0-9a-f]+ ?)+)(?: .*)?)?$/.exec(line) ?? [];
  if (at === '') throw new Error(`no line of a dump: ${line}`);
  return { at: Number.parseInt(at, 16), hex: hex.replaceAll(' ', ''), line };
}

/** Of a whole file, or of the vector that is named by file, list and name. */
function fixtureBytes({ info: [file = '', list, name] }: Block): Buffer {
  const bytes = fs.readFileSync(path.resolve(import.meta.dirname, '..', file));
  if (list === undefined) return bytes;
  const vectors = JSON.parse(bytes.toString())[list] as { name: string; bytes?: Compact; payload?: Compact }[];
  const vector = vectors.find((one) => one.name === name);
  return expand(vector?.bytes ?? vector?.payload ?? '');
}

describe('console blocks', () => {
  const told = pages
    .map((page) => ({ page, blocks: blocksOf(page).filter(({ language }) => language === 'console') }))
    .filter(({ page, blocks }) => blocks.length > 0 && !page.file.startsWith('docs/'));

  it('are there', () => {
    expect(told.map(({ page }) => page.file)).toEqual(['README.md', 'spec/cli.md']);
  });

  it.each(told.map(({ page, blocks }) => [page.file, blocks] as const))(
    'of %s are what the program prints',
    (_, blocks) => {
      const machines = new Machines(scratchDirectory());
      for (const step of stepsOf(blocks)) {
        const differs = machines.run(step);
        expect(differs?.actual, `${step.where}: ${step.command}`).toBe(differs?.expected);
      }
    },
  );

  it('of README.md bring two friends from nothing to an answer that was read with four commands each', () => {
    const blocks = blocksOf(readPage('README.md')).filter(({ info }) => info.includes('terminal'));
    const steps = stepsOf(blocks);
    const typed = (who: string): number =>
      steps.filter(({ machine, command }) => machine === who && command.startsWith('satchel ')).length;
    expect([typed('ana'), typed('ben'), steps.length]).toEqual([4, 4, 8]);
    expect(steps.at(-1)).toMatchObject({
      machine: 'ben',
      expected: expect.arrayContaining([expect.stringContaining('| It is, and')]),
    });
  });

  it('do not pass when the program prints something else', () => {
    const machines = new Machines(scratchDirectory());
    const step = { machine: '', command: 'satchel read', where: 'here' };
    expect(machines.run({ ...step, expected: ['satchel: error: ...', '...'] })).toBeUndefined();
    expect(machines.run({ ...step, expected: ['satchel: error: no such thing', '...'] })).toBeDefined();
    expect(machines.run({ ...step, expected: [] })).toBeDefined();
    expect(machines.run({ ...step, command: 'true', expected: ['something'] })).toBeDefined();
  });
});
