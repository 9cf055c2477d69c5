// npm run executable [-- DIR]: Node and the program in one file for the system that this runs on, in DIR (release/ by default),
// for computers without Node (nodejs.org/api/single-executable-applications.html).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inject } from 'postject';
import { VERSION } from '../src/cli/command/version.js';

/** Where Node looks whether something was put into it; the name is Node's. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const [out = 'release'] = process.argv.slice(2);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-executable-'));
try {
  const ending = process.platform === 'win32' ? '.exe' : '';
  const file = path.join(out, `satchel-${VERSION}-${process.platform}-${process.arch}${ending}`);
  fs.mkdirSync(out, { recursive: true });
  fs.copyFileSync(process.execPath, file);
  fs.chmodSync(file, 0o755);
  await inject(file, 'NODE_SEA_BLOB', blob(), {
    sentinelFuse: FUSE,
    ...(process.platform === 'darwin' && { machoSegmentName: 'NODE_SEA' }),
  });
  console.log(file);
} finally {
  fs.rmSync(scratch, { recursive: true });
}

/** What is put into Node: the program in one file, and the page for browsers. */
function blob(): Buffer {
  const main = path.join(scratch, 'main.cjs');
  const output = path.join(scratch, 'blob');
  // Node compiles it as the body of a function, where no line may begin with #!
  fs.writeFileSync(main, fs.readFileSync('dist/satchel.mjs', 'utf8').replace(/^#!.*/, ''));
  const assets = { 'reader.html': 'dist/reader.html' };
  const config = path.join(scratch, 'config.json');
  fs.writeFileSync(config, JSON.stringify({ main, output, assets, disableExperimentalSEAWarning: true }));
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'pipe' });
  return fs.readFileSync(output);
}
