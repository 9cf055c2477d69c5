// What people do who have never seen the program: wrong order, broken pastes, wrong paths. With the built program.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

/** A directory with the repositories of `ana` and `bob`. */
function twoPeople(): string {
  const cwd = scratchDirectory();
  for (const name of ['ana', 'bob']) run(['-C', name, 'init', '-q', '--name', name], { cwd });
  return cwd;
}

describe('newcomers', () => {
  it('paste a card that a mail broke into lines', () => {
    const cwd = twoPeople();
    const { card } = runJson<{ card: string }>(['-C', 'ana', 'whoami'], { cwd });
    const words = [card.slice(0, 70), card.slice(70, 140), card.slice(140)];
    const added = runJson(['-C', 'bob', 'contact', 'add', ...words], { cwd });
    expect(added).toMatchObject({ contacts: [{ name: 'ana', outcome: 'added' }], refused: [] });
    // A line may begin as options do.
    const dash = card.indexOf('-', 10);
    if (dash > 0) {
      const lines = [card.slice(0, dash), card.slice(dash)];
      expect(runJson(['-C', 'bob', 'contact', 'add', ...lines], { cwd })).toMatchObject({ refused: [] });
    }
    // Nothing is made whole that is not.
    expect(run(['-C', 'bob', 'contact', 'add', words[0] ?? '', 'ana'], { cwd }).status).toBe(3);
  });

  it('know no paths and no files', () => {
    const cwd = scratchDirectory();
    fs.writeFileSync(path.join(cwd, 'my report.docx'), 'PK\x03\x04');
    for (const command of ['inspect', 'verify']) {
      const { status, stderr } = run([command, 'my report.docx'], { cwd });
      expect(status).toBe(20);
      expect(stderr).toContain(
        'satchel: error: my report.docx: not a satchel bundle but a zip archive\nsatchel: hint: ',
      );
    }
    const missing = run(['inspect', 'my'], { cwd }).stderr;
    expect(missing).toBe(
      'satchel: error: opening my failed: there is no such file or directory\nsatchel: hint: check the path; one with spaces in it needs quotes\n',
    );
  });

  it('are told whose card arrived, and that names differ in case', () => {
    const cwd = twoPeople();
    run(['-C', 'bob', 'card', '-q', '-o', 'bob.card'], { cwd });
    expect(run(['-C', 'ana', 'import', '-q', 'bob.card'], { cwd }).status).toBe(0);
    expect(run(['-C', 'ana', 'status'], { cwd }).stderr).toMatch(
      /^~bob is no contact yet; to accept: .* contact add bob$/m,
    );
    // Where no state can be written nobody is kept waiting.
    const env = { SATCHEL_STATE_DIR: '/proc/satchel' };
    expect(run(['-C', 'bob', 'post', '-q', '-t', 'garden', 'Hello'], { cwd, env })).toMatchObject({ status: 0 });
    run(['-C', 'bob', 'export', '--open', '-q', '--full', '-o', 'hello.satchel'], { cwd });
    run(['-C', 'ana', 'contact', 'add', '-q', 'bob'], { cwd });
    run(['-C', 'ana', 'import', '-q', 'hello.satchel'], { cwd });
    const joined = run(['-C', 'ana', 'topic', 'join', 'Garden'], { cwd });
    expect(joined.stderr).toMatch(/^careful: "garden" .* topic join garden$/m);
  });
});
