// What yargs sees of the computer it runs on: nothing. Its own idea of that (yargs/lib/platform-shims/esm.mjs, for which the
// build and the tests put this file) searches upwards for a package.json and beside the program for translations, where a
// stick could have put them, asks the environment for a language and a shell, and opens standard output.
import assert from 'node:assert';
import path from 'node:path';
import { format, inspect } from 'node:util';
import cliui from 'cliui';
import Parser from 'yargs-parser';
import { widthOf } from '../terminal/width.js';

function refuse(): never {
  throw new Error('yargs is given nothing to read');
}

/** Text of yargs in words of ours, with its values in their places. */
function translate(text: string, ...values: unknown[]): string {
  return format(text === 'Positionals:' ? 'Arguments:' : text, ...values);
}

export default {
  assert: { notStrictEqual: assert.notStrictEqual, strictEqual: assert.strictEqual },
  cliui,
  findUp: () => undefined,
  // completions come with what they mean, as fish has them: each shell's script takes of that what it can show
  getEnv: (name: string) => (name === 'SHELL' ? 'fish' : undefined),
  inspect,
  getProcessArgvBin: () => 'satchel',
  mainFilename: 'satchel',
  Parser,
  path,
  process: {
    argv: () => ['node', 'satchel'],
    cwd: () => '.',
    emitWarning: refuse,
    execPath: () => 'node',
    exit: refuse,
    nextTick: process.nextTick,
    stdColumns: null,
  },
  readFileSync: refuse,
  readdirSync: () => [],
  require: refuse,
  getCallerFile: refuse,
  stringWidth: widthOf,
  y18n: {
    __: translate,
    __n: (one: string, many: string, count: number, ...values: unknown[]) =>
      translate(count === 1 ? one : many, ...values),
    getLocale: () => 'en',
    setLocale: () => undefined,
    updateLocale: () => undefined,
  },
};
