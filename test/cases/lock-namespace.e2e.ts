// A command in another pid namespace of the same host, as in a sandbox or a container, respects the lock of a living one.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { environment, PROGRAM } from '../cli/program.js';
import { Scene } from './scene.js';

const UNSHARE = ['unshare', '--pid', '--fork', '--mount-proc', '--map-root-user'];
const hasNamespaces = spawnSync(UNSHARE[0] as string, [...UNSHARE.slice(1), 'true']).status === 0;

/** Keeps the lock until the file GO is there, at the first thing that is made durable. */
const HOLD = `
const fs = require('node:fs');
const sync = fs.fdatasyncSync;
let isFirst = true;
fs.fdatasyncSync = (fd) => {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  if (isFirst) for (isFirst = false; !fs.existsSync(process.env.GO); ) Atomics.wait(pause, 0, 0, 20);
  return sync(fd);
};
require('node:module').syncBuiltinESMExports();
`;

// where a machine lets nobody make namespaces, unit tests of the lock have to do
it.skipIf(!hasNamespaces)('is waited for', async () => {
  const scene = new Scene();
  scene.people('ana');
  scene.joined('t', 'ana');
  scene.must('ana', ['post', '-q', '-t', 't', 'zero']);
  const cwd = path.join(scene.directory, 'ana');
  const hold = path.join(scene.directory, 'hold.cjs');
  const go = path.join(scene.directory, 'go');
  fs.writeFileSync(hold, HOLD);
  const slow = spawn(process.execPath, [PROGRAM, 'post', '-q', '-t', 't', 'slow'], {
    cwd,
    env: { ...environment(cwd), NODE_OPTIONS: `--require ${hold}`, GO: go },
  });
  try {
    const lock = path.join(cwd, 'home', '.satchel', 'lock');
    const watcher = fs.watch(path.dirname(lock));
    while (!fs.existsSync(lock)) await Promise.race([once(watcher, 'change'), once(slow, 'exit')]);
    watcher.close();
    const program = [process.execPath, PROGRAM, 'post', '--lock-timeout', '1', '-t', 't', 'other'];
    const other = spawnSync(UNSHARE[0] as string, [...UNSHARE.slice(1), ...program], { cwd, env: environment(cwd) });
    expect([other.status, other.stderr.toString()]).toEqual([11, expect.stringContaining('locked by process')]);
  } finally {
    fs.writeFileSync(go, '');
  }
  expect(await once(slow, 'exit')).toEqual([0, null]);
  expect(scene.texts('ana', 't')).toEqual(['zero', 'slow']);
});
