// What commands say of private topics of others that are carried (spec/cli.md, "status", "check", "inspect").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { formatSize } from '../../src/cli/terminal/size.js';
import { encodeFrontier } from '../../src/format/bundle/frontier.js';
import { type EndedHere, runHere } from '../testkit/command.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { VeiledLog, writeVeiled } from '../testkit/veiled-log.js';

let directory: string;
let ana: Replica;
let carl: Replica;
let log: VeiledLog;
let file: string;

beforeEach(async () => {
  directory = memoryDirectory();
  ana = await Replica.create('ana', directory);
  carl = await Replica.create('carl', directory);
  meetAll([ana, carl]);
  log = new VeiledLog().message('one').event().ack();
  file = await writeVeiled(path.join(directory, 'a.satchel'), log.segments(), { by: ana });
  carl.import(file);
});

async function run(line: string, isForPeople = true): Promise<EndedHere> {
  const env = { SATCHEL_DIR: carl.directory, SATCHEL_STATE_DIR: carl.stateDirectory };
  const world = { now: () => carl.now, built: 0, random: Buffer.alloc, fileTimes: undefined };
  const people = isForPeople ? ({ people: 'pipe' } as const) : {};
  return runHere(['-C', carl.directory, ...line.split(' ')], {
    env,
    world: { ...carl.repository.world, ...world },
    ...people,
  });
}

it('status and topic list tell how much, and for whom', async () => {
  const whom = 'carried along; nobody has asked for them yet';
  expect((await run('status')).stdout).toContain(
    `1 log of private topics that cannot be read here, ${sizeHere()}, ${whom}`,
  );
  const frontier = encodeFrontier(new Map([[log.id, []]]));
  carl.import(await writeVeiled(path.join(directory, 'ask.satchel'), [], { by: ana, frontier }));
  expect((await run('status')).stdout).toContain(
    `1 log of private topics that cannot be read here, ${sizeHere()}, carried for ana`,
  );
  expect((await run('topic list')).stderr).toContain('carried for ana.');
  const bytes = carl.repository.log(log.id)?.bytes;
  const { person } = ana.session.self;
  const carried = { logs: 1, bytes, for: [{ person, name: 'ana' }] };
  expect(JSON.parse((await run('status', false)).stdout)).toMatchObject({ topics: [], carried });
  expect(JSON.parse((await run('topic list', false)).stdout)).toMatchObject({ carried });
});

it('check says that they are sound, and that nobody here can place them', async () => {
  const { exit, stdout } = await run('check --all', false);
  expect(exit).toBe(0);
  expect(JSON.parse(stdout).findings).toMatchObject([{ severity: 'hint', code: 'veiled' }]);
});

it('verify and inspect tell them from logs whose introduction is missing', async () => {
  const verified = JSON.parse((await run(`verify ${file}`, false)).stdout);
  expect(verified).toMatchObject({ ok: true, logs: [{ log: log.id, veiled: true, topic: null, person: null }] });
  expect((await run(`inspect ${file}`)).stdout).toContain('of a private topic: its members alone can tell which');
  const { stdout } = await run(`inspect --text ${file}`);
  for (const what of ['an introduction', 'a message', 'a control entry', 'an acknowledgement'])
    expect(stdout).toContain(`${what}, sealed for the members of a private topic`);
});

it('gc keeps them, and no command takes them for messages', async () => {
  expect((await run('gc')).exit).toBe(0);
  for (const command of ['trace', 'show', 'hide']) {
    const { exit, stderr } = await run(`${command} ${log.idAt(1).slice(0, 10)}`);
    expect(exit, command).not.toBe(0);
    expect(stderr).toContain('is of a private topic of others, and only carried here');
  }
  expect(carl.repository.log(log.id)?.entries).toBe(4);
});

function sizeHere(): string {
  const bytes = carl.repository.log(log.id)?.bytes ?? 0;
  return formatSize(bytes);
}
