import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Parser } from 'yargs/helpers';
import type { Command } from '../../../../src/cli/command/command.js';
import { resolveInvocation } from '../../../../src/cli/command/invocation.js';
import { parseArguments } from '../../../../src/cli/command/parse.js';
import { COMMANDS, findCommand } from '../../../../src/cli/command/table/commands.js';
import { SatchelError } from '../../../../src/format/error.js';

function parse(...argv: string[]): Record<string, unknown> {
  const asked = resolveInvocation(argv);
  if (asked.kind !== 'run') throw new Error(`asked for ${asked.kind}`);
  return { name: asked.command.name, ...parseArguments(asked.command, asked.words) };
}

function refusal(...argv: string[]): SatchelError {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof SatchelError) return error;
    throw error;
  }
  throw new Error(`accepted: ${argv.join(' ')}`);
}

describe('which command', () => {
  it.each([
    [['post', 'hi'], 'post'],
    [['log'], 'read'],
    [['-C', 'contact', 'post'], 'post'],
    [['-qC', 'contact', 'post'], 'post'],
    [['--lock-timeout', '3', '--json', 'contact', '-q', 'add', 'x'], 'contact add'],
    [['--directory=contact', 'status'], 'status'],
  ])('%j runs %s', (argv, name) => {
    expect(parse(...argv)['name']).toBe(name);
  });

  it.each([
    [['--help'], undefined],
    [[], undefined],
    [['help'], undefined],
    [['help', 'contact'], 'contact'],
    [['contact', '--help'], 'contact'],
  ])('%j gives help', (argv, topic) => {
    expect(resolveInvocation(argv)).toEqual({ kind: 'help', topic });
  });

  it('gives help on a command, but not for words after "--"', () => {
    expect(resolveInvocation(['help', 'contact', 'add'])).toEqual({ kind: 'help', topic: findCommand('contact add') });
    expect(resolveInvocation(['post', 'x', '-h'])).toEqual({ kind: 'help', topic: findCommand('post') });
    expect(parse('post', '--', '--help')['text']).toEqual(['--help']);
  });

  it('tells the version', () => {
    expect(resolveInvocation(['--version'])).toEqual({ kind: 'version' });
    expect(resolveInvocation(['-V'])).toEqual({ kind: 'version' });
  });

  it.each([
    [['pots', 'hi'], 'unknown command "pots"', 'did you mean "satchel post"?'],
    [['contac', 'add', 'x'], 'unknown command "contac"', 'did you mean "satchel contact add"?'],
    [['contact', 'ad', 'x'], 'unknown command "contact ad"', 'did you mean "satchel contact add"?'],
    [
      ['contact'],
      '"contact" needs one of: add, list, rename, confirm, block, unblock, remove',
      'run "satchel contact --help"',
    ],
    [['constructor'], 'unknown command "constructor"', 'run "satchel --help" for all commands'],
    [['--bogus'], 'unknown option --bogus', 'run "satchel --help" for all commands'],
    [['--json'], 'no command given', 'run "satchel --help" for all commands'],
  ])('%j is refused', (argv, message, hint) => {
    expect(refusal(...argv)).toMatchObject({ code: 'usage', exit: 2, message, hint });
  });
});

describe('arguments', () => {
  it('takes options in every usual form', () => {
    for (const argv of [
      ['-t', 'garden'],
      ['-tgarden'],
      ['-t=garden'],
      ['--topic', 'garden'],
      ['--topic=garden'],
      ['-qtgarden'],
    ]) {
      expect(parse('post', ...argv, 'hi')).toMatchObject({ topic: 'garden', text: ['hi'] });
    }
    expect(parse('read', '-n5')).toMatchObject({ number: 5, unread: false, topic: undefined });
    expect(parse('export', '--to', 'bob', '--to=ana')).toMatchObject({ to: ['bob', 'ana'], topic: [], dryRun: false });
    expect(parse('-C', 'x', '--lock-timeout=0', 'status', '--no-color')).toMatchObject({
      directory: 'x',
      lockTimeout: 0,
      noColor: true,
    });
  });

  it('leaves text as it is', () => {
    const text = ['007', '0x10', '1e3', 'true', 'a.b', '-5', '', '"q"', 'x\ny'];
    expect(parse('post', '--json', ...text)).toMatchObject({ json: true, text });
    expect(parse('post', '--reply', '0012')).toMatchObject({ reply: '0012' });
    expect(parse('post', '--json', 'true')).toMatchObject({ json: true, text: ['true'] });
  });

  it('keeps a bare "-" and everything after "--"', () => {
    expect(parse('post', '-')).toMatchObject({ text: ['-'] });
    expect(parse('export', '-o', '-')).toMatchObject({ output: '-' });
    expect(parse('post', 'a', '-', '--', '-x', '--topic', '-', '--')).toMatchObject({
      text: ['a', '-', '-x', '--topic', '-', '--'],
      topic: undefined,
    });
  });

  it('assigns places', () => {
    expect(parse('contact', 'rename', 'bob', 'Bob')).toMatchObject({ who: 'bob', name: 'Bob' });
    expect(parse('topic', 'receipts', 'off')).toMatchObject({ mode: 'off', topic: undefined });
    expect(parse('init')).toMatchObject({ dir: undefined });
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
    [['post', '--__proto__', 'x'], 'unknown option --__proto__'],
    [['post', '--_', 'x'], 'unknown option --_'],
    [['post', '--$0', 'x'], 'unknown option --$0'],
    [['post', '--topic.x', '1'], 'unknown option --topic.x'],
    [['post', '--no-json'], 'unknown option --no-json'],
    [['read', '-n', '-5'], '--number expects a whole number, found "-5"'],
    [['read', '-n', '1e3'], '--number expects a whole number, found "1e3"'],
    [['show'], 'ID is missing'],
    [['import'], 'FILE is missing'],
    [['show', 'a', 'b'], 'unexpected argument "b", expected ID'],
    [['status', 'x'], 'unexpected argument "x", expected no arguments'],
    [['completion', 'tcsh'], 'SHELL is "tcsh", expected bash, zsh, fish'],
  ])('%j is refused', (argv, message) => {
    expect(refusal(...argv)).toMatchObject({ code: 'usage', exit: 2, message });
  });

  it('suggests', () => {
    expect(refusal('post', '--repy', 'x').hint).toBe('did you mean --reply?');
    expect(refusal('export', 'my file.satchel').hint).toBe('did you mean: satchel export -o "my file.satchel"');
    expect(refusal('read', 'garden').hint).toBe('did you mean: satchel read -t garden');
    expect(refusal('post', '-x').hint).toContain('goes after "--"');
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

describe('a parser for all programs', () => {
  const flags = ['all', 'graph', 'json', 'mark', 'quiet'];
  const texts = ['author', 'grep', 'since', 'topic'];
  const value = fc.stringMatching(/^[a-z0-9 .,=]{1,8}$/);
  const words = fc.oneof(
    fc.constantFrom(...flags).map((name) => [`--${name}`]),
    fc.tuple(fc.constantFrom(...texts), value).map(([name, text]) => [`--${name}`, text]),
    fc.tuple(fc.constantFrom(...texts), value).map(([name, text]) => [`--${name}=${text}`]),
  );

  it('understands the same', () => {
    const lines = fc.uniqueArray(words, { selector: ([first = '']) => first.split('=')[0], maxLength: 8 });
    fc.assert(
      fc.property(lines, (line) => {
        const argv = line.flat();
        const theirs = Parser(argv, { boolean: flags, string: texts });
        const ours = parse('read', ...argv);
        expect(flags.map((name) => ours[name])).toEqual(flags.map((name) => theirs[name] === true));
        expect(texts.map((name) => ours[name])).toEqual(texts.map((name) => theirs[name]));
      }),
    );
  });
});
