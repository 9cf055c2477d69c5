// The `age` program, which has to open what we write. It takes passphrases from a terminal only, so it gets one.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'vitest';

/** Skips a test, loudly, where `age` is not installed; fails it in CI. */
export function needAge(context: TestContext): void {
  if (spawnSync(PROGRAMS.age, ['--version']).status === 0) return;
  if (process.env['CI']) throw new Error('the age program is missing, and CI must not skip this');
  console.warn(`SKIPPED, because the age program is not installed: ${context.task.name}`);
  context.skip('the age program is not installed');
}

/** What `age -d` makes of the file, the passphrase typed at its prompt, and the status it ended with. */
export function ageDecrypt(file: string, passphrase: string, output: string): number | null {
  const command = `age -d -o '${output}' '${file}'`;
  return spawnSync(PROGRAMS.terminal, ['-qec', command, '/dev/null'], { input: `${passphrase}\n` }).status;
}

/** What `age` makes of the content for those recipients ("age1..."). */
export function ageSealed(content: Buffer, recipients: readonly string[]): Buffer {
  const to = recipients.flatMap((recipient) => ['-r', recipient]);
  return spawnSync(PROGRAMS.age, to, { input: content, maxBuffer: 2 ** 28 }).stdout;
}

/** What `age -d` makes of the file with that identity ("AGE-SECRET-KEY-1..."), in `directory`; undefined when it refuses. */
export function ageOpened(file: Buffer, identity: string, directory: string): Buffer | undefined {
  const key = path.join(directory, 'identity.txt');
  fs.writeFileSync(key, `${identity}\n`);
  const { status, stdout } = spawnSync(PROGRAMS.age, ['-d', '-i', key], { input: file, maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}

/** What `age-keygen -y` says the recipient of an identity is. */
export function ageRecipient(identity: string): string {
  return spawnSync(PROGRAMS.keygen, ['-y'], { input: `${identity}\n` })
    .stdout.toString()
    .trim();
}

/** All from Debian's packages age and bsdutils. */
const PROGRAMS = { age: 'age', keygen: 'age-keygen', terminal: 'script' };
