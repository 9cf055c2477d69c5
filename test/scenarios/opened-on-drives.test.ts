// What a visit opens on a drive: nothing twice without a reason.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundlesOpened } from '../testkit/opens.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

let stick: string;
let ana: Replica;
let ben: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 7);
  const friends = await makeFriends(directory, ['ana', 'ben'], 't');
  ana = friends[0] as Replica;
  ben = friends[1] as Replica;
});

describe('a visit that adds a bundle', () => {
  it('reads it back once, and verifies nothing of it again', async () => {
    await ana.post('t', { body: 'hello' });
    const opened = await bundlesOpened(stick, () => ana.visit(stick));
    expect(bundlesOn(stick)).toHaveLength(1);
    expect(opened).toEqual([expect.stringMatching(/\.partial$/)]);
  });

  it('knows of it what any other visit would find there', async () => {
    await ana.post('t', { body: 'hello' });
    const { exported } = await ana.visit(stick);
    await ben.visit(stick);
    expect(exported).toMatchObject({ messages: 1 });
    // with its journal gone it has to look for itself, and finds that all is there
    fs.rmSync(path.join(ana.repository.layout.journal, 'drives'), { recursive: true });
    const again = await ana.visit(stick);
    expect(again.exported).toMatchObject({ file: null });
  });
});
