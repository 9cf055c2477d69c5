// Has Node keep what it compiles of the program while it does what people do with it most: a start takes less time with that.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Two people, a file, a stick, and a look around. `%card` is the other's card, `%dir` a directory. */
const CONVERSATION: readonly (readonly [who: string, words: string, input?: string])[] = [
  ['ana', 'init --name Ana'],
  ['ben', 'init --name Ben'],
  ['ana', 'contact add %card'],
  ['ben', 'contact add %card'],
  ['ana', 'post -t garden Hello'],
  ['ana', 'post Again'],
  ['ana', 'post --ndjson', '{"text":"one"}\n{"text":"two"}\n'],
  ['ana', 'export -o %dir/a.satchel --to Ben'],
  ['ben', 'import %dir/a.satchel'],
  ['ben', 'topic join garden'],
  ['ben', 'import %dir/a.satchel'],
  ['ben', 'post Yes'],
  ['ben', 'read -n 50'],
  ['ben', 'status'],
  ['ben', 'export -o %dir/b.satchel'],
  ['ana', 'import %dir/b.satchel'],
  ['ana', 'post Good'],
  ['ana', 'read --json'],
  ['ana', 'status'],
  ['ana', 'drive init %dir/stick'],
  ['ana', 'sync %dir/stick'],
  ['ben', 'sync %dir/stick'],
  ['ana', 'check --all'],
  ['ana', 'gc'],
  ['ana', 'help'],
];

const RECORD = path.resolve('build/record.cjs');

/**
 * Makes the file that stands beside the program anew, for the Node that runs this.
 * @throws Error when a command fails
 */
export function keepCompiled(program: string): void {
  fs.rmSync(program.replace(/\.cjs$/, '.compiled'), { force: true });
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-build-'));
  fs.mkdirSync(path.join(directory, 'stick'));
  const run = (who: string, words: string, input = ''): string => {
    const filled = words.split(' ').map((word) => {
      return word === '%card' ? run(who === 'ana' ? 'ben' : 'ana', 'card') : word.replace('%dir', directory);
    });
    const env = { SATCHEL_DIR: path.join(directory, who), SATCHEL_STATE_DIR: path.join(directory, `${who}-state`) };
    const options = { input, env, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', RECORD, program, ...filled], options);
    if (status !== 0) throw new Error(`satchel ${words}: ${stderr}`);
    return stdout.trim();
  };
  for (const step of CONVERSATION) run(...step);
  fs.rmSync(directory, { recursive: true });
}
