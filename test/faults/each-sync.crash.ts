// Every call in src/ that makes something durable is needed: on a disk that passes over it, some command loses what it must
// not when the power is cut. One that nothing needs is to be removed.
import { beforeAll, expect, it } from 'vitest';
import { anyFate, FATES } from '../testkit/power-cut.js';
import { seedOf } from '../testkit/seed.js';
import { readSourceFiles } from '../testkit/source-files.js';
import { changesOf, crashAt, syncSite, syncsOf } from './crash.js';
import { Machine } from './machine.js';
import { PRIVATE_SCENES } from './private-scenes.js';
import { RARER_SCENES } from './rarer-scenes.js';
import { SCENES, type Scene } from './scenes.js';

/** Files whose syncs are not shown to matter here yet, and what they are for. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'repository/erase.ts': 'that what is overwritten is so on the disk too',
  'repository/notes/note-file.ts': 'that a note that counts is whole',
  'repository/rot/mend.ts': 'that what is left of a rotten pack is there when the exchange is noted',
  'repository/store/pack-swap.ts': 'that an exchange is done when its note is gone',
};

const seed = seedOf('CRASH_SEED');
/** States that are looked at where it is not seen at once. */
const MANY = [...FATES, ...Array.from({ length: 8 }, (_, i) => anyFate(seed + i))];
const scenes = [...RARER_SCENES, ...SCENES, ...PRIVATE_SCENES];
/** Who comes to a site, and at which change first. */
const comers = new Map<string, { readonly scene: Scene; readonly first: number }[]>();

/** Places in src/ where something is made durable. */
const SITES = [...readSourceFiles()].flatMap(([name, text]) => {
  if (name === 'repository/disk.ts') return [];
  const lines = text.split('\n');
  return lines.flatMap((line, i) => (/\bdisk\.sync/.test(line) ? [`${name}:${i + 1}`] : []));
});

beforeAll(async () => {
  for (const scene of scenes) {
    const machine = new Machine();
    await scene.before(machine);
    for (const [site, first] of await syncsOf(scene, machine)) {
      comers.set(site, [...(comers.get(site) ?? []), { scene, first }]);
    }
  }
});

it('there are as many as there are lines that say so', () => {
  expect(SITES.length).toBeGreaterThan(20);
  expect([...comers.keys()].filter((site) => !SITES.includes(site))).toEqual([]);
});

it.each(Object.entries(ELSEWHERE))('%s is left out: it is for it %s', (name) => {
  expect(SITES.filter((site) => fileOf(site) === name)).not.toEqual([]);
});

it.each(SITES.filter((site) => ELSEWHERE[fileOf(site)] === undefined))('%s', async (site) => {
  const found = await whatIsLost(site);
  console.log(`${site}: ${found}`);
  expect(found, 'nothing was lost without it').toBeDefined();
});

function fileOf(site: string): string {
  return site.replace(/:\d+$/, '');
}

/** What goes wrong without the syncs of the site; undefined when nothing does. Looked for where it is likely first. */
async function whatIsLost(site: string): Promise<string | undefined> {
  for (const isQuick of [true, false]) {
    for (const { scene, first } of comers.get(site) ?? []) {
      const machine = new Machine();
      await scene.before(machine);
      const { changes, memory } = await changesOf(scene, machine);
      const cuts = [Number.POSITIVE_INFINITY];
      for (let cutAt = first + 1; !isQuick && cutAt <= changes; cutAt++) cuts.push(cutAt);
      const fates = isQuick ? FATES.slice(0, 1) : MANY;
      const seen = new Set<string>();
      for (const cutAt of cuts) {
        machine.memory = memory.clone();
        try {
          await crashAt(scene, machine, { cutAt, fates, passes: () => syncSite() === site, seen });
        } catch (error) {
          return `${scene.name}: ${(error as Error).message.slice(0, 150)}`;
        }
      }
    }
  }
  return undefined;
}
