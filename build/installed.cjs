// The program as it is installed. From Node 22 on, Node keeps what it compiles of it in the user's cache directory, and starts
// it faster the next time. For a stick it is one file (satchel.mjs), which leaves nothing behind.
'use strict';
const fs = require('node:fs');
const { enableCompileCache } = require('node:module');
const os = require('node:os');
const path = require('node:path');

const PROGRAM = path.join(__dirname, 'parts', 'program.cjs');

if (fs.existsSync(PROGRAM)) {
  const directory = enableCompileCache && cacheDirectory(process);
  if (directory) enableCompileCache(directory);
  require(PROGRAM);
} else {
  process.stderr.write(`satchel: error: ${path.dirname(PROGRAM)} has to lie beside ${__filename}: copy it too\n`);
  process.exitCode = 1;
}

/** Undefined where it would be somebody else's: Node runs what lies there, be it as root. */
function cacheDirectory({ env, platform, getuid }) {
  try {
    const home = os.homedir();
    if (getuid && fs.statSync(home).uid !== getuid()) return undefined;
    const usual = path.join(home, platform === 'darwin' ? 'Library/Caches' : '.cache');
    return path.join(env.XDG_CACHE_HOME || env.LOCALAPPDATA || usual, 'satchel', 'compiled');
  } catch {
    // it is only faster with it
    return undefined;
  }
}
