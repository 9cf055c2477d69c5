// What the built program leaves behind when it starts, on some Node: installed, what Node has compiled of it where the user's
// caches are, from Node 22 on; as one file, nothing.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [INSTALLED, WHOLE] = ['satchel.cjs', 'satchel.mjs'].map((name) => {
  return fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
});
const SOMEBODY = 12_345;

/** What is left otherwise than it should be, in words. */
export function leftBehind(node, version) {
  const keeps = Number(/^v(\d+)/.exec(version)?.[1]) >= 22;
  const cases = [
    { name: 'one file', program: WHOLE, expected: [] },
    { name: 'installed', program: INSTALLED, expected: keeps ? ['home/.cache/satchel/compiled'] : [] },
    {
      name: 'installed, with XDG_CACHE_HOME',
      program: INSTALLED,
      env: { XDG_CACHE_HOME: 'cache' },
      expected: keeps ? ['cache/satchel/compiled'] : [],
    },
    // as with sudo: only root can give a directory away
    { name: "installed, in somebody else's home", program: INSTALLED, owner: SOMEBODY, expected: [] },
  ];
  const possible = cases.filter(({ owner }) => owner === undefined || process.getuid?.() === 0);
  if (possible.length < cases.length) console.log("  not tried, because this is not root: somebody else's home");
  return possible.flatMap((one) => differences(node, version, one));
}

function differences(node, version, { name, program, env = {}, owner, expected }) {
  const directory = mkdtempSync(join(tmpdir(), 'satchel-nodes-'));
  try {
    const home = join(directory, 'home');
    mkdirSync(home);
    if (owner !== undefined) chownSync(home, owner, owner);
    const places = Object.fromEntries(Object.entries(env).map(([key, place]) => [key, join(directory, place)]));
    const start = (...args) => spawnSync(node, [program, ...args], { cwd: home, env: { HOME: home, ...places } });
    const statuses = [start('--version'), start('help'), start('status'), start('--version')].map(
      ({ status }) => status,
    );
    const left = ['home/.cache/satchel/compiled', 'cache/satchel/compiled'].filter((place) => {
      return existsSync(join(directory, place)) && readdirSync(join(directory, place)).length > 0;
    });
    const others = readdirSync(home).filter((entry) => entry !== '.cache');
    const found = JSON.stringify({ statuses, left, others });
    const wanted = JSON.stringify({ statuses: [0, 0, 10, 0], left: expected, others: [] });
    return found === wanted ? [] : [`node ${version}, ${name}: expected ${wanted}, found ${found}`];
  } finally {
    rmSync(directory, { recursive: true });
  }
}
