// Gaps as programs are told of them: those that are left when all is in.
import { expect, it } from 'vitest';
import { importJson } from '../../../../src/cli/report/import-json.js';
import { importFiles } from '../../../../src/sync/import/import-files.js';
import { Replica } from '../../../testkit/replica.js';
import { bundleFrom } from '../../../testkit/replicas.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const HOUR_MS = 3_600_000;

it('names no gap that another bundle of the same import filled', async () => {
  const directory = scratchDirectory();
  const ana = (await Replica.create('ana', directory)).join('t');
  const bundles: string[] = [];
  for (const text of ['one', 'two', 'three']) {
    ana.now += HOUR_MS;
    await ana.post('t', text);
    bundles.push((await bundleFrom(ana, directory, { since: ana.now - 1_000 })) ?? '');
  }
  const [first = '', second = '', third = ''] = bundles;
  for (const [files, gaps] of [
    [[third, second, first], 0],
    [[first, third, second], 0],
    // each of them brought something of the log that it is in
    [[third, first], 2],
    [[third], 1],
  ] as const) {
    const ben = await Replica.create('ben', scratchDirectory());
    ben.meet(ana).join('t');
    const { session } = ben;
    const dry = importFiles(session, files, { dryRun: true });
    expect(gapsIn(importJson({ session, outcomes: dry, before: 0, dryRun: true }))).toBeGreaterThan(0);
    const outcomes = importFiles(session, files);
    const done = importJson({ session, outcomes, before: 0, dryRun: false });
    expect(gapsIn(done), files.join()).toBe(gaps);
  }
});

function gapsIn({ bundles }: Record<string, unknown>): number {
  return (bundles as { gaps: unknown[] }[]).flatMap(({ gaps }) => gaps).length;
}
