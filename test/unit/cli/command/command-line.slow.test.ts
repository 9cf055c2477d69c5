import { describe, expect, it } from 'vitest';
import type { ParsedArgs } from '../../../../src/cli/command/arguments.js';
import type { Command } from '../../../../src/cli/command/command.js';
import { type Asked, readCommandLine } from '../../../../src/cli/command/command-line.js';
import { calledBy } from '../../../../src/cli/command/table/called.js';
import { COMMANDS, findCommand } from '../../../../src/cli/command/table/commands.js';
import { askTree } from '../../../../src/cli/command/tree.js';
import { lookAt, takeWellFormed } from '../../../../src/cli/command/well-formed.js';
import { SatchelError } from '../../../../src/format/error.js';
import { Chance } from '../../../testkit/chance.js';
import { anyLine, badLine, goodLine, MISTAKES } from '../../../testkit/command-lines.js';
import { effort, SEED } from '../../../testkit/effort.js';

function asked(...argv: string[]): Promise<Asked> {
  return readCommandLine(argv, lookAt(argv));
}

async function parse(...argv: string[]): Promise<Record<string, unknown>> {
  const found = await asked(...argv);
  if (found.kind !== 'run') throw new Error(`asked for ${found.kind}`);
  return { name: found.command.name, ...found.args };
}

async function refusal(...argv: string[]): Promise<SatchelError> {
  try {
    await parse(...argv);
  } catch (error) {
    if (error instanceof SatchelError) return error;
    throw error;
  }
  throw new Error(`accepted: ${argv.join(' ')}`);
}

/** As yargs understands the line, well formed or not. */
async function byYargs(argv: readonly string[]): Promise<ParsedArgs | SatchelError> {
  const { words } = lookAt(argv);
  const command = await calledBy(words);
  try {
    return askTree({ argv, words, command }, command ? [command] : Object.values<Command>(COMMANDS));
  } catch (error) {
    if (error instanceof SatchelError) return error;
    throw error;
  }
}

describe('which command', () => {
  it.each([
    [['post', 'hi'], 'post'],
    [['log'], 'read'],
    [['-C', 'contact', 'post'], 'post'],
    [['-qC', 'contact', 'post'], 'post'],
    [['--lock-timeout', '3', '--json', 'contact', '-q', 'add', 'x'], 'contact add'],
    [['--directory=contact', 'status'], 'status'],
  ])('%j runs %s', async (argv, name) => {
    expect((await parse(...argv))['name']).toBe(name);
  });

  it.each([
    [['--help'], undefined],
    [['help', '--all'], undefined],
    [['help'], undefined],
    [['help', 'contact'], 'contact'],
    [['contact', '--help'], 'contact'],
  ])('%j gives help', async (argv, topic) => {
    expect(await asked(...argv)).toEqual({ kind: 'help', topic });
  });

  it.each([
    [['help', 'contact', 'add'], 'contact add'],
    [['post', 'x', '-h'], 'post'],
    [['post', '-qh'], 'post'],
    [['post', '--bogus', '--help'], 'post'],
    [['-h', 'log'], 'read'],
  ])('%j gives help on %s', async (argv, name) => {
    expect(await asked(...argv)).toEqual({ kind: 'help', topic: findCommand(name) });
  });

  it('tells how things are when nothing is said', async () => {
    expect(await asked()).toEqual({ kind: 'home' });
  });

  it('takes "help" for a word where one can stand, and what is behind "--" in any case', async () => {
    expect((await parse('post', 'help'))['text']).toEqual(['help']);
    expect((await parse('post', '--', '--help'))['text']).toEqual(['--help']);
    expect((await parse('post', '--topic=--help', 'x'))['topic']).toBe('--help');
  });

  it.each([
    [['pots', 'hi'], 'unknown command "pots"', 'did you mean "satchel post"?'],
    [['reply', '3fa1'], 'unknown command "reply"', 'did you mean "satchel post --reply ID TEXT"?'],
    [['inbox'], 'unknown command "inbox"', 'did you mean "satchel status"?'],
    [['xy'], 'unknown command "xy"', 'run "satchel --help" for all commands'],
    [['contac', 'add', 'x'], 'unknown command "contac"', 'did you mean "satchel contact add"?'],
    [['contact', 'ad', 'x'], 'unknown command "contact ad"', 'did you mean "satchel contact add"?'],
    [
      ['contact'],
      '"contact" needs one of: add, list, rename, confirm, replace, block, unblock, remove',
      'run "satchel contact --help"',
    ],
    [['constructor'], 'unknown command "constructor"', 'run "satchel --help" for all commands'],
    [['--bogus'], 'unknown option --bogus', 'run "satchel --help" for all commands'],
    [['--json'], 'no command given', 'run "satchel --help" for all commands'],
  ])('%j is refused', async (argv, message, hint) => {
    expect(await refusal(...argv)).toMatchObject({ code: 'usage', exit: 2, message, hint });
  });
});

describe('arguments', () => {
  it('takes options in every usual form', async () => {
    for (const argv of [
      ['-t', 'garden'],
      ['-tgarden'],
      ['-t=garden'],
      ['--topic', 'garden'],
      ['--topic=garden'],
      ['-qtgarden'],
    ]) {
      expect(await parse('post', ...argv, 'hi')).toMatchObject({ topic: 'garden', text: ['hi'] });
    }
    expect(await parse('read', '-n5')).toMatchObject({ number: 5, unread: false, topic: [] });
    expect(await parse('export', '--to', 'bob', '--to=ana')).toMatchObject({
      to: ['bob', 'ana'],
      topic: [],
      dryRun: false,
    });
    expect(await parse('-C', 'x', '--lock-timeout=0', 'status', '--no-color')).toMatchObject({
      directory: 'x',
      lockTimeout: 0,
      noColor: true,
    });
  });

  it('leaves text as it is', async () => {
    const text = ['007', '0x10', '1e3', 'true', 'a.b', '-5', '', '"q"', 'x\ny'];
    expect(await parse('post', '--json', ...text)).toMatchObject({ json: true, text });
    expect(await parse('post', '--reply', '0012')).toMatchObject({ reply: '0012' });
    expect(await parse('post', '--json', 'true')).toMatchObject({ json: true, text: ['true'] });
  });

  it('keeps a bare "-" and everything after "--"', async () => {
    expect(await parse('post', '-')).toMatchObject({ text: ['-'] });
    expect(await parse('export', '-o', '-')).toMatchObject({ output: '-' });
    expect(await parse('post', 'a', '-', '--', '-x', '--topic', '-', '--')).toMatchObject({
      text: ['a', '-', '-x', '--topic', '-', '--'],
      topic: undefined,
    });
  });

  it('assigns places', async () => {
    expect(await parse('contact', 'rename', 'bob', 'Bob')).toMatchObject({ who: 'bob', name: 'Bob' });
    expect(await parse('topic', 'receipts', 'off')).toMatchObject({ mode: 'off', topic: undefined });
    expect(await parse('init')).toMatchObject({ dir: undefined });
  });

  it.each([
    [['post', '--reply'], '--reply needs a value'],
    [['post', '--reply', '--json'], '--reply needs a value'],
    [['post', '--topic='], '--topic needs a value'],
    [['post', '--topic', ''], '--topic needs a value'],
    [['post', '-t', 'a', '-t', 'b'], '--topic was given 2 times, expected once'],
    [['post', '--json=false'], '--json takes no value'],
    [['post', '-x'], 'unknown option -x'],
    [['post', '- milk'], 'unknown option - milk'],
    [['post', '--__proto__', 'x'], expect.stringMatching(/^unknown option --/)],
    [['post', '--_', 'x'], 'unknown option --_'],
    [['post', '--$0', 'x'], expect.stringMatching(/^unknown option --/)],
    [['post', '--topic.x', '1'], 'unknown option --topic.x'],
    [['post', '--no-json'], 'unknown option --no-json'],
    [['read', '-n', '-5'], '--number expects a whole number, found "-5"'],
    [['read', '-n', '1e3'], '--number expects a whole number, found "1e3"'],
    [['show'], 'ID is missing'],
    [['import'], 'FILE is missing'],
    [['show', 'a', 'b'], 'unexpected argument "b", expected ID'],
    [['status', 'x'], 'unexpected argument "x", expected no arguments'],
    [['completion', 'tcsh'], 'SHELL is "tcsh", expected bash, zsh, fish, powershell'],
  ])('%j is refused', async (argv, message) => {
    expect(await refusal(...argv)).toMatchObject({ code: 'usage', exit: 2, message });
  });

  it('suggests', async () => {
    expect((await refusal('post', '--repy', 'x')).hint).toBe('did you mean --reply?');
    expect((await refusal('export', 'my file.satchel')).hint).toBe('did you mean: satchel export -o "my file.satchel"');
    expect((await refusal('read', 'garden')).hint).toBe('did you mean: satchel read -t garden');
    expect((await refusal('post', '-x')).hint).toContain('goes after "--"');
  });
});

describe('the table', () => {
  const commands = Object.entries<Command>(COMMANDS);

  it.each(commands)('%s is well formed', (name, command) => {
    expect(command.name).toBe(name);
    expect(command.examples.length).toBeGreaterThan(0);
    expect(command.examples[0]?.line).toMatch(new RegExp(`^satchel ${name}\\b`));
    expect(command.summary).toMatch(/^\S.*[^.]$/);
    const variadic = command.positionals.findIndex(({ arity }) => arity === 'some' || arity === 'any');
    expect([-1, command.positionals.length - 1]).toContain(variadic);
  });
});

describe(`command lines at random (seed ${SEED})`, () => {
  const commands = Object.values<Command>(COMMANDS);

  it('call what was meant, in every spelling', async () => {
    const chance = new Chance(SEED);
    for (let i = 0; i < effort(1_500); i++) {
      const { argv, command, args } = goodLine(chance, commands[i % commands.length]);
      const shown = JSON.stringify(argv);
      expect(await calledBy(lookAt(argv).words), shown).toBe(command);
      expect(takeWellFormed(command, argv), shown).toEqual(args);
      // yargs lays out help each time: a part of them is enough
      if (i % 15 === 0) expect(await byYargs(argv), shown).toEqual(args);
    }
  });

  it.each(MISTAKES)('with a mistake are refused: %s', async (mistake) => {
    const chance = new Chance(SEED + MISTAKES.indexOf(mistake));
    let found = 0;
    for (let i = 0; found < effort(20); i++) {
      const argv = badLine(chance, mistake);
      if (!argv) continue;
      found++;
      const error = await refusal(...argv).catch((failure: unknown) => failure);
      expect(error, JSON.stringify(argv)).toMatchObject({
        code: 'usage',
        exit: 2,
        message: expect.stringMatching(/^\S/),
      });
      expect(i).toBeLessThan(10_000);
    }
  });

  it('are well formed for yargs when they are for its parser, with the same meaning, and for nobody else', async () => {
    const chance = new Chance(SEED);
    let taken = 0;
    for (let i = 0; i < effort(400); i++) {
      const argv = anyLine(chance);
      const command = await calledBy(lookAt(argv).words);
      const args = command && takeWellFormed(command, argv);
      if (args) taken++;
      const expected: unknown = args ?? expect.any(SatchelError);
      expect(await byYargs(argv), JSON.stringify(argv)).toEqual(expected);
    }
    expect(taken).toBeGreaterThan(effort(5));
  });
});
