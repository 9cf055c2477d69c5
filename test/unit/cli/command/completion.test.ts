import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/cli/command/command.js';
import { completionScript } from '../../../../src/cli/command/completion.js';
import { renderHelp } from '../../../../src/cli/command/help.js';
import { COMMANDS, SECTIONS } from '../../../../src/cli/command/table/commands.js';
import { VERSION } from '../../../../src/cli/command/version.js';
import { PLAIN } from '../../../../src/cli/terminal/style.js';

const commands = Object.entries<Command>(COMMANDS);

/** What bash offers after these words; the last one is being typed. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash')}
COMP_WORDS=(satchel ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_satchel; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd: '/' });
  expect(status).toBe(0);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it('completes in bash', () => {
    expect(offered('pos')).toEqual(['post']);
    expect(offered('contact', 'r')).toEqual(['rename', 'remove']);
    expect(offered('-C', 'post', 'contact', 'un')).toEqual(['unblock']);
    expect(offered('export', '--unc')).toEqual(['--uncompressed']);
    expect(offered('log', '--gr')).toEqual(['--grep', '--graph']);
    expect(offered('completion', 'z')).toEqual(['zsh']);
    expect(offered('import', 'etc')).toEqual(['etc']);
  });

  it.each(['bash', 'zsh', 'fish'] as const)('knows every command in %s', (shell) => {
    const script = completionScript(shell);
    for (const [name] of commands) expect(script).toContain(name.split(' ').at(-1));
  });
});

describe('help', () => {
  it.each(commands)('of %s fits on one screen and has an example', (_, command) => {
    const lines = renderHelp(command, PLAIN).split('\n');
    expect(lines.length).toBeLessThanOrEqual(36);
    expect(lines).toContain(`  ${command.examples[0]?.line}`);
  });

  it.each([80, 40])('keeps to %i columns', (columns) => {
    for (const topic of [undefined, 'contact', ...commands.map(([, command]) => command)]) {
      const lines = renderHelp(topic, PLAIN, columns).split('\n');
      expect(lines.filter((line) => line.length > columns && !line.startsWith('  satchel '))).toEqual([]);
      expect(lines.join(' ').replace(/\s+/g, ' ')).toBe(renderHelp(topic, PLAIN, 200).replace(/\s+/g, ' '));
    }
  });

  it('goes on below the second column, or on a narrow terminal in a line of its own', () => {
    const help = (columns: number): string[] => renderHelp(COMMANDS.post, PLAIN, columns).split('\n');
    expect(help(60)).toContain(`${' '.repeat(30)}you know none of that label`);
    expect(help(40)).toContain('  -q, --quiet');
    expect(help(40)).toContain('          print nothing on success');
  });

  it('lists every command', () => {
    const overview = renderHelp(undefined, PLAIN);
    for (const [name] of commands) expect(overview).toContain(`  ${name} `);
    expect(SECTIONS.flatMap((section) => Object.keys(section.commands)).length).toBe(commands.length);
    expect(renderHelp('contact', PLAIN)).toContain('contact rename CONTACT NAME');
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
