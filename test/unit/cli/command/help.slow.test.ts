import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/cli/command/command.js';
import { renderHelp } from '../../../../src/cli/command/help.js';
import { COMMANDS, SECTIONS } from '../../../../src/cli/command/table/commands.js';
import { VERSION } from '../../../../src/cli/command/version.js';
import { COLOURED, PLAIN } from '../../../../src/cli/terminal/style.js';

const commands = Object.entries<Command>(COMMANDS);
const groups = [...new Set(commands.flatMap(([name]) => (name.includes(' ') ? [name.split(' ')[0]] : [])))];

async function helpLines(topic: Command | string | undefined, columns?: number): Promise<string[]> {
  return (await renderHelp(topic, PLAIN, columns)).split('\n');
}

/** The words of a text, in order of the alphabet: columns beside each other tear sentences apart. */
function wordsOf(lines: readonly string[]): string[] {
  return lines.join(' ').split(/\s+/).sort();
}

describe('help', () => {
  it.each(commands)('of %s fits on one screen, and names all it takes', async (name, command) => {
    const lines = await helpLines(command);
    expect(lines.length).toBeLessThanOrEqual(37);
    expect(lines[0]).toMatch(new RegExp(`^Usage: satchel ${name}( |$)`));
    expect(lines).toContain(`  ${command.examples[0]?.line}`);
    for (const option of Object.keys(command.options)) expect(lines.join('\n')).toContain(` --${option} `);
    for (const { value } of command.positionals) expect(lines.join('\n')).toMatch(new RegExp(`^  ${value} `, 'm'));
  });

  it.each([80, 40])('keeps to %i columns, and leaves nothing out', async (columns) => {
    for (const topic of [undefined, ...groups, COMMANDS.post, COMMANDS.sync, COMMANDS['service install']]) {
      const lines = await helpLines(topic, columns);
      expect(lines.filter((line) => line.length > columns && !/^ {2}satchel |^ {6}\S/.test(line))).toEqual([]);
      expect(wordsOf(lines)).toEqual(wordsOf(await helpLines(topic, 200)));
    }
  });

  it.each(commands)('of %s begins lines with sentences only: what is wider is wrapped', (_name, { about = '' }) => {
    expect(about.split('\n').filter((line) => line !== '' && !/[.:]$|: satchel /.test(line))).toEqual([]);
  });

  it('has its columns in line, and goes on below the second one', async () => {
    const lines = await helpLines(COMMANDS.post);
    expect(lines).toContain('  TEXT                        the message; words are joined by spaces');
    expect(lines).toContain('      --ndjson                one for each JSON object {text, time?, reply?,');
    expect(lines).toContain('                              type?, key?, attach?} of it');
    expect(lines).toContain('      --lock-timeout SECONDS  wait this long for another command (default 10)');
  });

  it('lists every command', async () => {
    const overview = (await helpLines(undefined)).join('\n');
    for (const [name] of commands) expect(overview).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(SECTIONS.flatMap((section) => Object.keys(section.commands)).length).toBe(commands.length);
    expect((await helpLines('contact')).join('\n')).toContain('  contact rename CONTACT NAME  choose another petname');
  });

  it('is as long with colours as without', async () => {
    const coloured = await renderHelp(COMMANDS.post, COLOURED);
    expect(coloured).toContain('\x1b[1mUsage:\x1b[22m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(await renderHelp(COMMANDS.post, PLAIN));
  });
});

describe('version', () => {
  it('is that of package.json', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(VERSION).toBe(manifest.version);
  });
});
