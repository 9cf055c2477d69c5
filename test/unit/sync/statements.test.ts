// What is said and remembered of more logs than fit into one frontier (spec/bundle.md, "Frontier").
import { beforeAll, describe, expect, it } from 'vitest';
import type { Frontier, FrontierRange } from '../../../src/format/frontier.js';
import { encodeFrontier } from '../../../src/format/frontier.js';
import type { Digest, LogId, PersonId } from '../../../src/format/ids.js';
import type { Manifest } from '../../../src/format/manifest.js';
import { prepareSignatures } from '../../../src/format/signature.js';
import type { Repository } from '../../../src/repository/repository.js';
import { ownFrontier } from '../../../src/sync/own-frontier.js';
import type { Session } from '../../../src/sync/session.js';
import { keepStatement, readStatement, type Statement } from '../../../src/sync/statements.js';
import { entryId, logId } from '../../testkit/fake-source.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const LOGS = 1_000;
const KEY = 'k'.repeat(64) as Manifest['key'];

beforeAll(prepareSignatures);

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
    const lacked = () => [...(readStatement(repository, KEY)?.wants.blobs.keys() ?? [])];
    const [root, other] = [logId(1), logId(2)] as unknown as Digest[];
    const wants = (...roots: (Digest | undefined)[]) => ({
      blobs: new Map(roots.map((one) => [one as Digest, []])),
      isCut: false,
    });
    keepStatement(repository, said('a', 1), { frontier: frontierOf(0, 3, 5), wants: wants(root, other) });
    expect(lacked()).toEqual([root, other]);
    keepStatement(repository, said('a', 2), { frontier: frontierOf(0, 3, 5), wants: wants(other) });
    expect(lacked()).toEqual([other]);
    keepStatement(repository, said('a', 3), saying(new Map()));
    expect(lacked(), 'a bundle that says nothing of what is held says nothing of what is lacked').toEqual([other]);
    keepStatement(repository, said('a', 4), saying(frontierOf(0, 3, 5)));
    expect(lacked()).toEqual([]);
    keepStatement(repository, said('a', 5), { frontier: frontierOf(0, 3, 5), wants: wants(root) });
    keepStatement(repository, said('b', 1), saying(new Map()));
    expect(lacked(), 'in a new epoch nothing counts that was said before').toEqual([]);
  });
});

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
