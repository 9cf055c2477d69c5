// How often an import looks at the files that it was given: never the more often for each, the more there are.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { disk, useDisk } from '../../../../../src/repository/disk.js';
import { type HereOptions, runHere } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { Below, wrapDisk } from '../../../../testkit/wrapped-disk.js';

it.each<[string, NonNullable<HereOptions['people']>, number]>([
  ['with nobody watching', 'pipe', 0],
  ['on a terminal', { columns: 80 }, 2],
])('%s', async (_, people, each) => {
  const parent = scratchDirectory();
  const ana = await Replica.create('ana', parent, Date.UTC(2026, 0, 1));
  for (const count of [3, 12]) {
    const given = path.join(parent, `given-${count}`);
    fs.mkdirSync(given);
    for (let i = 0; i < count; i++) fs.writeFileSync(path.join(given, `${i}.satchel`), `no bundle ${i}`);
    const below = new Below(given);
    let looks = 0;
    const restore = useDisk(
      wrapDisk(disk, (call, make) => {
        if (call.name === 'stat' && below.has(call)) looks++;
        return make(...call.args);
      }),
    );
    try {
      // a line is told again only when time has passed
      let { now } = ana;
      const world = { now: () => (now += 500), random: (size: number) => Buffer.alloc(size, 7) };
      const options = { env: { SATCHEL_STATE_DIR: ana.stateDirectory }, world, people };
      const { stderr } = await runHere(['-C', ana.directory, 'import', given], options);
      if (each > 0) expect(stderr).toContain(`importing ${count} of ${count}: `);
      const totals = [...stderr.matchAll(/bytes of (\d+) bytes/g)].map(([, total]) => Number(total));
      expect(new Set(totals)).toEqual(new Set(each > 0 ? [sizeOf(given)] : []));
      expect(stderr).toContain(`${count - 1}.satchel: `);
    } finally {
      restore();
    }
    expect(looks).toBe(each * count);
  }
});

function sizeOf(directory: string): number {
  return fs.readdirSync(directory).reduce((sum, name) => sum + fs.statSync(path.join(directory, name)).size, 0);
}
