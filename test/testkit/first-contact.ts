// Two people who have nothing but a program and a stick come to talk: what each package of it is tried with.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Plays it below `directory` with a program that is started by `command`; what Ana reads at the end, in order. */
export function firstContact(
  command: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): string[] {
  const stick = path.join(directory, 'stick');
  fs.mkdirSync(stick, { recursive: true });
  const as = (who: string, ...words: readonly string[]): string =>
    runAs(command, path.join(directory, who), words, env);
  for (const who of ['ana', 'ben']) as(who, 'init', '-q', '--name', who);
  const card = (who: string): string => as(who, 'card').trim();
  as('ana', 'contact', 'add', '-q', card('ben'));
  as('ben', 'contact', 'add', '-q', card('ana'));
  for (const who of ['ana', 'ben']) as(who, 'topic', 'join', '-q', 'garden');
  as('ana', 'drive', 'init', '-q', stick);
  as('ben', 'post', '-q', '-t', 'garden', 'Is the bean row up yet?');
  as('ben', 'sync', '-q', stick);
  as('ana', 'sync', '-q', stick);
  as('ana', 'post', '-q', '-t', 'garden', 'It is, and the peas too');
  as('ana', 'sync', '-q', stick);
  as('ben', 'sync', '-q', stick);
  const lines = as('ben', 'read', '-t', 'garden', '--json').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { readonly text: string }).text);
}

/** What it prints; its home and its state lie in the folder. @throws Error with what it said when it fails */
export function runAs(
  [program = '', ...before]: readonly string[],
  home: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  fs.mkdirSync(home, { recursive: true });
  const { status, stdout, stderr, error } = spawnSync(program, [...before, ...words], {
    cwd: home,
    encoding: 'utf8',
    env: { HOME: home, USERPROFILE: home, SATCHEL_STATE_DIR: path.join(home, 'state'), TZ: 'UTC', ...env },
  });
  if (status !== 0)
    throw new Error(`satchel ${words.join(' ')} ended with ${status}: ${stdout}${stderr}${error ?? ''}`);
  return stdout;
}
