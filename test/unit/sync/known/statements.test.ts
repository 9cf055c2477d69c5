// What is said and remembered of more logs than fit into one frontier (spec/bundle.md, "Frontier").
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Frontier, FrontierRange } from '../../../../src/format/bundle/frontier.js';
import { encodeFrontier } from '../../../../src/format/bundle/frontier.js';
import type { Manifest } from '../../../../src/format/bundle/manifest.js';
import { encodeWants, type Wants } from '../../../../src/format/bundle/wants.js';
import type { Digest, LogId, PersonId } from '../../../../src/format/ids.js';
import type { Repository } from '../../../../src/repository/repository.js';
import { sealState } from '../../../../src/repository/state/checksum.js';
import { ownFrontier } from '../../../../src/sync/export/own-frontier.js';
import { keepStatement, readStatement, type Statement } from '../../../../src/sync/known/statements.js';
import type { Session } from '../../../../src/sync/session.js';
import { entryId, logId } from '../../../testkit/fake-source.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const LOGS = 1_000;
const KEY = 'k'.repeat(64) as Manifest['key'];

describe('the frontier of whoever holds more logs than fit', () => {
  it('names those first that a recipient is to hear of', () => {
    const owed = [logId(998), logId(999)];
    const frontier = ownFrontier(carrier(), owed);
    expect([...frontier.keys()].slice(0, 3)).toEqual([...owed, logId(0)]);
    expect(frontier.size).toBeLessThan(LOGS);
    expect(() => encodeFrontier(frontier)).not.toThrow();
  });
});

describe('statements of one device', () => {
  it('count for each log until the device says something else of it, or has lost its memory', async () => {
    const { repository } = await Replica.create('alice', scratchDirectory());
    const held = (): Frontier | undefined => readStatement(repository, KEY)?.frontier;
    keepStatement(repository, said('a', 1), saying(frontierOf(0, 780, 5)));
    keepStatement(repository, said('a', 2), saying(frontierOf(700, 1_000, 7)));
    expect(held()?.size).toBe(LOGS);
    expect(held()?.get(logId(0))).toEqual(rangesOf(0, 5));
    expect(held()?.get(logId(700))).toEqual(rangesOf(700, 7));
    keepStatement(repository, said('a', 3), saying(new Map([[logId(700), []]])));
    expect(held()?.get(logId(700))).toEqual([]);
    expect(keepStatement(repository, said('a', 2), saying(frontierOf(0, 1, 9)))).toBe(false);
    keepStatement(repository, said('b', 1), saying(frontierOf(3, 4, 1)));
    expect([...(held()?.keys() ?? [])]).toEqual([logId(3)]);
  });

  it('say with the latest frontier what is lacked: nothing, when the bundle has no wants', async () => {
    const { repository } = await Replica.create('alice', scratchDirectory());
    const lacked = () => lackedOf(repository, [logId(0)]);
    keepStatement(repository, said('a', 1), { frontier: frontierOf(0, 3, 5), wants: wants(ROOT, OTHER) });
    expect(lacked()).toEqual([ROOT, OTHER]);
    keepStatement(repository, said('a', 2), { frontier: frontierOf(0, 3, 5), wants: wants(OTHER) });
    expect(lacked()).toEqual([OTHER]);
    keepStatement(repository, said('a', 3), saying(new Map()));
    expect(lacked(), 'a bundle that says nothing of what is held says nothing of what is lacked').toEqual([OTHER]);
    keepStatement(repository, said('a', 4), saying(frontierOf(0, 3, 5)));
    expect(lacked()).toEqual([]);
    keepStatement(repository, said('a', 5), { frontier: frontierOf(0, 3, 5), wants: wants(ROOT) });
    keepStatement(repository, said('b', 1), saying(new Map()));
    expect(lacked(), 'in a new epoch nothing counts that was said before').toEqual([]);
  });
});

describe('several bundles of one visit, each about other logs', () => {
  const ofLog = (n: number, ...roots: Digest[]): Statement => ({
    frontier: frontierOf(n, n + 1, 5),
    wants: wants(...roots),
  });

  it('count in any order, each for what it names, of what is held and of what is lacked', async () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
      [3, 1, 2],
    ]) {
      const { repository } = await Replica.create('alice', scratchDirectory());
      const words = [undefined, ofLog(0, ROOT), ofLog(1), ofLog(2, OTHER)];
      for (const serial of order)
        expect(keepStatement(repository, said('a', serial), words[serial] as Statement)).toBe(true);
      expect(readStatement(repository, KEY)?.frontier.size).toBe(3);
      expect(lackedOf(repository, [logId(0)])).toEqual([ROOT]);
      expect(lackedOf(repository, [logId(1)])).toEqual([]);
      expect(lackedOf(repository, [logId(2)])).toEqual([OTHER]);
      expect(keepStatement(repository, said('a', 2), ofLog(1, ROOT))).toBe(false);
      keepStatement(repository, said('a', 4), saying(frontierOf(0, 2, 6)));
      expect(lackedOf(repository, [logId(0)]), 'a later word on the log counts').toEqual([]);
      expect(lackedOf(repository, [logId(2)]), 'of others the earlier one').toEqual([OTHER]);
      expect(keepStatement(repository, said('a', 1), ofLog(0, ROOT))).toBe(false);
    }
  });

  it('are read as version 0.1 noted them', async () => {
    const { repository } = await Replica.create('alice', scratchDirectory());
    const text = (frontier: Frontier): string => encodeFrontier(frontier).toString('base64');
    const noted = {
      epoch: 'a',
      serials: { a: 7 },
      voidBefore: 3,
      created: 9,
      frontier: text(frontierOf(0, 2, 5)),
      earlier: [text(frontierOf(2, 3, 4))],
      wants: encodeWants(wants(ROOT)).toString('base64'),
    };
    fs.mkdirSync(path.join(repository.layout.journal, 'frontiers'), { recursive: true });
    const file = path.join(repository.layout.journal, 'frontiers', KEY);
    fs.writeFileSync(file, sealState(`journal/frontiers/${KEY}`, Buffer.from(JSON.stringify(noted))));
    expect(readStatement(repository, KEY)).toMatchObject({ epoch: 'a', voidBefore: 3, created: 9 });
    expect(readStatement(repository, KEY)?.frontier.size).toBe(3);
    expect(lackedOf(repository, [logId(2)])).toEqual([ROOT]);
    keepStatement(repository, said('a', 8), saying(frontierOf(0, 1, 6)));
    expect(readStatement(repository, KEY)?.frontier.get(logId(2))).toEqual(rangesOf(2, 4));
  });
});

const [ROOT, OTHER] = [logId(1), logId(2)] as unknown as [Digest, Digest];

function wants(...roots: Digest[]): Wants {
  return { blobs: new Map(roots.map((one) => [one, []])), isCut: false };
}

/** Which of two blobs with entries in these logs the device said that it lacks. */
function lackedOf(repository: Repository, logs: readonly LogId[]): Digest[] {
  const statement = readStatement(repository, KEY);
  return [ROOT, OTHER].filter((root) => statement?.wants.named(root, logs) !== undefined);
}

function saying(frontier: Frontier): Statement {
  return { frontier, wants: undefined };
}

/** A session that holds one entry of each of many logs. */
function carrier(): Session {
  const logs = Array.from({ length: LOGS }, (_, i) => ({ log: logId(i) }));
  const repository: Pick<Repository, 'frozen'> & Record<string, unknown> = {
    frozen: new Map(),
    held: (log: LogId) => [{ from: 0, end: 1, id: entryId(log, 0) }],
    topics: () => ['t'],
    log: () => undefined,
    unplacedLogs: () => [],
    logsOfPerson: () => [],
    logsOfTopic: () => logs,
  };
  const parts: unknown = {
    repository,
    self: { person: 'p' as PersonId },
    contacts: new Map(),
    topics: { topics: [], carryAll: true },
  };
  return parts as Session;
}

function said(epoch: string, serial: number): Manifest {
  const manifest: Pick<Manifest, 'key' | 'epoch' | 'serial' | 'created'> = { key: KEY, epoch, serial, created: 0 };
  return manifest as Manifest;
}

function frontierOf(from: number, end: number, length: number): Frontier {
  return new Map(Array.from({ length: end - from }, (_, i) => [logId(from + i), rangesOf(from + i, length)]));
}

function rangesOf(n: number, length: number): readonly FrontierRange[] {
  return [{ from: 0, end: length, id: entryId(logId(n), length - 1) }];
}
