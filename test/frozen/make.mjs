// How fixtures/VERSION/ was made, once, by the program of that version, and never again: node test/frozen/make.mjs
// SATCHEL.cjs DIRECTORY. Ana and Ben are contacts; Cleo is a stranger in a topic that both joined; Eve is one whom Ana
// blocked. Their days are in the past, so that nothing in the fixture is ahead of the clock of who reads it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [program, target] = process.argv.slice(2).map((word) => path.resolve(word));
const ROOT = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-frozen-'));
const STICK = path.join(ROOT, 'drive');
const PASSPHRASE = 'four sacks of seed potatoes';
const KEPT = ['ana', 'ben', 'drive', 'bundles'];
let now = Date.parse('2026-11-02T09:00:00Z');

fs.writeFileSync(path.join(ROOT, 'clock.cjs'), 'Date.now = () => Number(process.env.NOW_MS);\n');
fs.writeFileSync(path.join(ROOT, 'passphrase'), `${PASSPHRASE}\n`);
for (const name of ['drive', 'bundles']) fs.mkdirSync(path.join(ROOT, name));

function on(who, ...args) {
  now += 60_000;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '-C', path.join(ROOT, who), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: path.join(ROOT, who),
      SATCHEL_STATE_DIR: path.join(ROOT, who, 'state'),
      SATCHEL_PASSPHRASE_FILE: path.join(ROOT, 'passphrase'),
      NODE_OPTIONS: `--require ${path.join(ROOT, 'clock.cjs')}`,
      NOW_MS: String(now),
      TZ: 'UTC',
    },
  });
  assert.equal(status, 0, `${who}: satchel ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function post(who, topic, text, ...options) {
  return JSON.parse(on(who, 'post', '--json', '-t', topic, ...options, text));
}

/** Everything in a topic, housekeeping too. */
function messages(who, topic) {
  const lines = on(who, 'read', '--all', '-t', topic, '--json').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

function find(who, topic, wanted) {
  return messages(who, topic).find(({ text }) => text === wanted);
}

function nextDay() {
  now = (Math.floor(now / 86_400_000) + 1) * 86_400_000 + 9 * 3_600_000;
}

function meet() {
  for (const who of ['ana', 'ben', 'cleo', 'eve']) {
    const name = who[0].toUpperCase() + who.slice(1);
    on(who, 'init', '-q', '--name', name, ...(who === 'ben' ? ['--passphrase'] : []));
    on(who, 'card', '-q', '-o', `${who}.card`);
  }
  on('ana', 'contact', 'add', '-q', 'ben.card');
  const { fingerprint } = JSON.parse(on('ben', 'whoami', '--json'));
  on('ana', 'contact', 'confirm', '-q', 'Ben', '--words', fingerprint);
  on('ben', 'contact', 'add', '-q', '--as', 'Ana (work)', 'ana.card');
  on('ana', 'drive', 'init', '-q', STICK, '--label', 'blue stick', '--for', 'Ben');
}

function firstDay() {
  on('ana', 'topic', 'create', '-q', 'Summer trip', '--open');
  post('ana', 'Summer trip', 'Who brings the tent?');
  post('ana', 'Summer trip', 'The hut is free until Wednesday', '--expire', '2026-11-04');
  post('ana', 'Summer trip', 'To be opened by nobody before 2090', '--expire', '2090-01-01');
  on('ana', 'topic', 'join', '-q', 'garden');
  post('ana', 'garden', 'The beans are up');
  on('ana', 'sync', '-q', STICK);
}

function secondDay() {
  nextDay();
  on('ben', 'sync', '-q', STICK);
  on('ben', 'topic', 'join', '-q', 'Summer trip');
  const tent = find('ben', 'Summer trip', 'Who brings the tent?');
  fs.writeFileSync(path.join(ROOT, 'packing list.txt'), 'tent\nrope\n'.repeat(50));
  post('ben', 'Summer trip', 'I do, and here is the list', '--reply', tent.id, '--attach', 'packing list.txt');
  on('ben', 'topic', 'join', '-q', 'garden');
  post('ben', 'garden', 'Mine too; no, those are peas');
  for (const [who, text] of [
    ['cleo', 'I have seeds to spare'],
    ['eve', 'Cheap seeds! Buy now!'],
  ]) {
    on(who, 'topic', 'join', '-q', 'garden');
    post(who, 'garden', text);
    on(who, 'export', '-q', '--full', '-o', `${who}-1.satchel`);
  }
  on('ben', 'sync', '-q', STICK);
}

function thirdDay() {
  nextDay();
  on('ana', 'import', '-q', 'cleo-1.satchel');
  on('ana', 'import', '-q', 'eve-1.satchel');
  on('ana', 'contact', 'block', '-q', 'Eve');
  on('ana', 'sync', '-q', STICK);
  const seeds = find('ana', 'garden', 'I have seeds to spare');
  post('ana', 'garden', 'Pumpkins, please', '--reply', seeds.id);
  on('ana', 'hide', '-q', post('ana', 'garden', 'A note to nobody').id);
  on('ben', 'retract', '-q', find('ben', 'garden', 'Mine too; no, those are peas').id);
  for (const who of ['ana', 'ben', 'ana']) on(who, 'sync', '-q', STICK);
}

/** What only lies in bundles, for everybody who has the repositories. */
function lastDay() {
  now += 3 * 86_400_000;
  nextDay();
  on('ana', 'read', '-q', '-t', 'Summer trip', '--mark');
  on('ana', 'config', 'set', '-q', 'drive.silent', '0');
  on('cleo', 'import', '-q', 'cleo-1.satchel');
  post('cleo', 'garden', 'They are under the bench');
  on('cleo', 'export', '-q', '--full', '-o', 'bundles/cleo.satchel');
  post('ana', 'Summer trip', 'Ana has packed');
  on('ana', 'export', '-q', '--to', 'Ben', '-o', 'bundles/ana-to-ben.satchel');
  post('ben', 'Summer trip', 'Ben has packed');
  on('ben', 'export', '-q', '--to', 'Ana (work)', '-o', 'bundles/ben-to-ana.satchel');
}

/** The messages as the program of that time told them, less what later ones may tell otherwise. */
function told(who, topic) {
  return messages(who, topic)
    .filter(({ type }) => type === 'text')
    .map(({ id, log, author, text, reply, state, own, attachments }) => {
      return { id, log, author, text, reply, state, own, attachments };
    });
}

function described() {
  const replica = (who) => ({
    person: JSON.parse(on(who, 'whoami', '--json')).person,
    topics: Object.fromEntries(['Summer trip', 'garden'].map((topic) => [topic, told(who, topic)])),
  });
  return {
    knowsCopies: true,
    passphrase: { ben: PASSPHRASE },
    replicas: { ana: replica('ana'), ben: replica('ben') },
  };
}

/** What git does not keep: modes that are not 644 or 755, and empty directories. */
function treeOf(directory) {
  const entries = fs.readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const mode = (fs.statSync(file).mode & 0o777).toString(8);
    const isEmpty = entry.isDirectory() && fs.readdirSync(file).length === 0;
    return { name: path.relative(directory, file), mode, usual: entry.isDirectory() ? '755' : '644', isEmpty };
  });
  const unusual = entries.filter(({ mode, usual }) => mode !== usual).map(({ name, mode }) => [name, mode]);
  return {
    empty: entries.filter(({ isEmpty }) => isEmpty).map(({ name }) => name),
    modes: Object.fromEntries(unusual),
  };
}

meet();
firstDay();
secondDay();
thirdDay();
lastDay();
const about = described();
fs.mkdirSync(target, { recursive: true });
for (const name of KEPT) fs.cpSync(path.join(ROOT, name), path.join(target, name), { recursive: true });
fs.writeFileSync(path.join(target, 'tree.json'), `${JSON.stringify(treeOf(target), undefined, 2)}\n`);
fs.writeFileSync(path.join(target, 'expected.json'), `${JSON.stringify(about, undefined, 2)}\n`);
fs.rmSync(ROOT, { recursive: true });
