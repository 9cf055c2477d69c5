// npm run demo: two people on two machines that share no network keep a conversation by carrying a folder. Everything is
// real: the built program, its output, the files. Ends with 1 when anything is not as it should be.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/satchel.cjs', import.meta.url));
const ROOT = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-demo-'));
const STICK = path.join(ROOT, 'stick');

/** Runs `satchel` on one of the machines, shows it as a terminal would, and returns what it printed. */
function on(machine, args, { exit = 0 } = {}) {
  const home = path.join(ROOT, machine);
  fs.mkdirSync(home, { recursive: true });
  console.log(`${machine}$ satchel ${args.map(quoted).join(' ')}`);
  // one file for both outputs keeps their lines in order
  const output = path.join(ROOT, 'output');
  const fd = fs.openSync(output, 'w');
  const env = { ...cleanEnvironment(), HOME: home, USERPROFILE: home, SATCHEL_STATE_DIR: path.join(home, 'state') };
  const { status } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd: ROOT, env, stdio: ['ignore', fd, fd] });
  fs.closeSync(fd);
  const text = fs.readFileSync(output, 'utf8');
  process.stdout.write(shown(text));
  assert.equal(status, exit, `satchel ${args[0]} ended with ${status}, expected was ${exit}`);
  return text;
}

/** Nothing of the machine that the demo runs on gets in. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SATCHEL_')));
}

function shown(text) {
  return text.replace(/^(?=.)/gm, '    ').replaceAll(`${ROOT}${path.sep}`, '');
}

function quoted(word) {
  return /^[\w./:-]+$/.test(word) ? word : JSON.stringify(word);
}

function say(text) {
  console.log(`\n# ${text}`);
}

/** The messages of a machine, in its order: author and text. */
function conversation(machine) {
  const text = spawnSync(process.execPath, [PROGRAM, '-C', path.join(ROOT, machine), 'read', '--json'], {
    encoding: 'utf8',
    env: { ...cleanEnvironment(), SATCHEL_STATE_DIR: path.join(ROOT, machine, 'state') },
  }).stdout;
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Sealed files have names that say nothing; here each gets one that tells whose it is. */
function bundleOf(machine, number) {
  return path.join('stick', `${machine}-${number}.satchel`);
}

function play() {
  fs.mkdirSync(STICK);
  say('Ana and Ben each make a repository, and leave their cards on a stick.');
  on('ana', ['init', '--name', 'Ana']);
  on('ana', ['card', '-o', 'stick']);
  on('ben', ['init', '--name', 'Ben', '-q']);
  on('ben', ['card', '-o', 'stick']);

  say('They accept each other.');
  on('ben', ['contact', 'add', 'stick/ana.card']);
  on('ana', ['contact', 'add', 'stick/ben.card']);

  say('Ben writes, offline, and puts what Ana lacks on the stick.');
  on('ben', ['post', '-t', 'garden', 'Is the bean row up yet?']);
  on('ben', ['post', 'Mine came up on Sunday.']);
  on('ben', ['export', '-o', bundleOf('ben', 1)]);

  say('The stick comes to Ana. She reads, answers, and puts her answer on it.');
  assert.match(on('ana', ['import', bundleOf('ben', 1)]), /2 new messages/);
  on('ana', ['topic', 'join', 'garden']);
  on('ana', ['read']);
  const [question] = conversation('ana');
  on('ana', ['post', '--reply', question.id.slice(0, 6), 'It is, and the peas too']);
  on('ana', ['export', '-o', bundleOf('ana', 1)]);

  say('On the way back the stick is damaged: the bundle is refused, and nothing of it is taken.');
  const bundle = path.join(ROOT, bundleOf('ana', 1));
  const good = fs.readFileSync(bundle);
  const damaged = Buffer.from(good);
  damaged[good.length >> 1] ^= 1;
  fs.writeFileSync(bundle, damaged);
  assert.match(on('ben', ['import', bundleOf('ana', 1)], { exit: 20 }), /satchel: error/);
  assert.equal(conversation('ben').length, 2);

  say('A good copy comes. It could come twice, late, or in another order.');
  fs.writeFileSync(bundle, good);
  on('ben', ['import', 'stick']);
  on('ben', ['import', bundleOf('ana', 1)]);
  on('ben', ['read']);

  say('Ben has acknowledged, and so has Ana: there is nothing left to carry.');
  on('ben', ['export', '-o', bundleOf('ben', 2)]);
  on('ana', ['import', 'stick']);
  assert.match(on('ana', ['export', '-o', bundleOf('ana', 2)]), /nothing to send/);

  const ids = conversation('ana').map(({ id }) => id);
  assert.equal(ids.length, 3);
  assert.deepEqual(
    conversation('ben').map(({ id }) => id),
    ids,
  );
  on('ana', ['check', '--all']);
  on('ben', ['check', '--all']);
  say('Both hold the same three messages in the same order. That is all there is to it.');
}

try {
  play();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  fs.rmSync(ROOT, { recursive: true, force: true });
}
