// The manual page (build/man.ts): it names all there is, and is understood by who lays it out.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manualPage } from '../../../build/man.js';
import type { Command } from '../../../src/cli/command/command.js';
import { COMMANDS } from '../../../src/cli/command/table/commands.js';
import { ANSWERED_OPTIONS, GLOBAL_OPTIONS } from '../../../src/cli/command/table/globals.js';

const SPEC = fs.readFileSync('spec/cli.md', 'utf8');
const page = manualPage({ spec: SPEC, committed: 1_764_000_000 });
const commands: readonly Command[] = Object.values(COMMANDS);

/** What stands between one command's name and the next one. */
function sectionOf({ name }: Command): string {
  const [, ...rest] = page.split(`\n.TP\n\\fB${name.replaceAll('-', '\\-')}\\fR`);
  return (rest.find((text) => /^[^\n]*\n[^.]/.test(text)) ?? '').split('\n.RE')[0] ?? '';
}

/** What groff says of a page; undefined where it is not installed. */
function complaints(text: string): string | undefined {
  const { error, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-z'], { input: text, encoding: 'utf8' });
  if (error === undefined) return stderr;
  if ((process.env['SATCHEL_REQUIRE_GROFF'] ?? '') !== '') throw error;
  console.warn('how the manual page is laid out was not tried: groff is not installed');
  return undefined;
}

describe('the manual page', () => {
  it('is dated by the commit, and by nothing where nobody knows it', () => {
    expect(page).toMatch(/^\.TH SATCHEL 1 "2025-11-24" "satchel \d/);
    expect(manualPage({ spec: SPEC, committed: undefined })).toMatch(/^\.TH SATCHEL 1 "" /);
  });

  it.each(commands.map((command) => [command.name, command] as const))('tells of %s and its options', (_, command) => {
    const section = sectionOf(command);
    const names = [...Object.keys(command.options), ...command.positionals.map(({ value }) => value)];
    expect(section).not.toBe('');
    for (const name of names) expect(section).toContain(name.replaceAll('-', '\\-'));
    for (const { does } of command.examples) expect(section).toContain(does.replaceAll('-', '\\-'));
  });

  it('tells of what every command takes, variables and exit statuses', () => {
    for (const name of Object.keys({ ...GLOBAL_OPTIONS, ...ANSWERED_OPTIONS }))
      expect(page).toContain(`\\fB\\-\\-${name.replaceAll('-', '\\-')}\\fR`);
    for (const name of ['SATCHEL_DIR', 'XDG_CACHE_HOME', '143']) expect(page).toContain(`\\fB${name}\\fR`);
  });

  it('cannot be made where the specification has no such table', () => {
    expect(() => manualPage({ spec: '# The program\n', committed: 0 })).toThrow('Environment');
  });

  it('is understood by groff', () => {
    expect(complaints(page) ?? '').toBe('');
    const planted = complaints(page.replace('.SH FILES', '.SH FILES\n.nothing here\n\\fZx'));
    if (planted !== undefined) expect(planted).toContain('nothing');
  });
});
