// What `feed` hands out, and who may commit it.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { shortId } from '../../../../../src/format/ids.js';
import { handOut } from '../../../../../src/topic/feed/feed.js';
import { writeHidden } from '../../../../../src/topic/reading/hidden.js';
import { targetAt } from '../../../../../src/topic/reading/target.js';
import { rendezvousTopic } from '../../../../../src/topic/rendezvous.js';
import { edit, react } from '../../../../../src/topic/writing/edit.js';
import { retract } from '../../../../../src/topic/writing/retract.js';
import { type EndedHere, type HereOptions, runFor } from '../../../../testkit/command.js';
import { documents } from '../../../../testkit/documents.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

process.env['TZ'] = 'UTC';

let ana: Replica;

beforeEach(async () => {
  ana = await Replica.create('ana', scratchDirectory());
  await ana.post('t', 'one', 'two');
  ana.now += 1_000;
  await ana.post('u', 'three');
  ana.now += 1_000;
});

function satchel(argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  return runFor(ana, ['--lock-timeout', '0', ...argv], options);
}

interface Told {
  readonly offset: number;
  readonly text?: string;
  readonly gone?: boolean;
  readonly state?: string;
}

async function feed(...argv: readonly string[]): Promise<string[]> {
  const { stdout, stderr, exit } = await satchel(['feed', '--as', 'mailer', ...argv]);
  expect([exit, stderr]).toEqual([0, '']);
  return documents<Told>(stdout).map(({ offset, gone, text, state }) => `${offset} ${gone ? `gone: ${state}` : text}`);
}

describe('feed', () => {
  it('hands out the same until it is committed, and then what is new', async () => {
    expect(await feed()).toEqual(['1 one', '2 two', '3 three']);
    await ana.post('t', 'four');
    expect(await feed()).toEqual(['1 one', '2 two', '3 three']);
    expect(JSON.parse((await satchel(['feed', '--as', 'mailer', '--commit', '2'])).stdout)).toEqual({
      name: 'mailer',
      offset: 2,
      handedOut: 1,
    });
    expect(await feed()).toEqual(['3 three']);
    await satchel(['feed', '--as', 'mailer', '--commit', '3']);
    expect(await feed()).toEqual(['4 four']);
    // what is committed already is no mistake
    expect((await satchel(['feed', '--as', 'mailer', '--commit', '1'])).exit).toBe(0);
    const beyond = await satchel(['feed', '--as', 'mailer', '--commit', '9'], { people: 'pipe' });
    expect([beyond.exit, beyond.stderr]).toEqual([
      2,
      'satchel: error: nothing with offset 9 was handed out to "mailer"\nsatchel: hint: the last was 4\n',
    ]);
  });

  it('commits what was printed with --auto, and each consumer for itself', async () => {
    expect(await feed('--auto', '-t', 't')).toEqual(['1 one', '2 two']);
    expect(await feed('--auto')).toEqual(['3 three']);
    expect(await feed('--auto')).toEqual([]);
    const other = await satchel(['feed', '--as', 'other']);
    expect(other.stdout.split('\n').length - 1).toBe(3);
    expect(JSON.parse((await satchel(['consumer', 'list'])).stdout)).toEqual({
      consumers: [
        { name: 'mailer', offset: 3, handedOut: 0, changed: ana.now },
        { name: 'other', offset: 0, handedOut: 3, changed: ana.now },
      ],
    });
  });

  it('hands out edits and reactions as what they are, with what they are about', async () => {
    const told = async () => {
      const { stdout } = await satchel(['feed', '--as', 'mailer', '-t', 't', '--auto']);
      const lines = stdout.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line)).map(({ text, edits, reacts }) => ({ text, edits, reacts }));
    };
    expect(await told()).toEqual([
      { text: 'one', edits: null, reacts: null },
      { text: 'two', edits: null, reacts: null },
    ]);
    const [, two] = ana.messages('t');
    if (!two) throw new Error('no message');
    const about = { target: targetAt(ana.repository, two.entry), label: 't' };
    const { id } = two.entry;
    await edit(ana.repository, await ana.author(), about, { text: 'two, at the gate', mentions: [] });
    for (const sign of ['+1', undefined]) await react(ana.repository, await ana.author(), about, sign);
    expect(await told()).toEqual([
      { text: 'two, at the gate', edits: id, reacts: null },
      { text: '+1', edits: null, reacts: id },
      { text: null, edits: null, reacts: id },
    ]);
    const people = await satchel(['feed', '--as', 'reader', '-t', 't'], { people: 'pipe' });
    expect(people.stdout).toContain(`(edits ${shortId(id)})`);
    expect(people.stdout).toContain(`(reacts to ${shortId(id)})`);
    expect(people.stdout).toContain(`(takes back the reaction to ${shortId(id)})`);
  });

  it('says what is gone meanwhile, at its offset', async () => {
    const [first] = await ana.post('t', 'to be hidden');
    await feed();
    const [log] = ana.repository.logsOfTopic(rendezvousTopic('t'));
    const one = log && ana.repository.entry(log.log, 1);
    if (!one || !first) throw new Error('no entry');
    await retract(ana.repository, await ana.author(), targetAt(ana.repository, one), 't');
    writeHidden(ana.directory, new Set([first.id]));
    ana.collect();
    expect(await feed()).toEqual(['1 gone: retracted', '2 two', '3 three', '4 gone: hidden']);
    const { stdout } = await satchel(['feed', '--as', 'mailer'], { people: 'pipe' });
    expect(stdout).toContain('(retracted)');
  });

  it('begins where it is told, and anew when it was forgotten', async () => {
    expect(await feed('--from-now')).toEqual([]);
    await ana.post('t', 'four');
    expect(await feed('--from-now')).toEqual(['1 four']);
    expect(JSON.parse((await satchel(['consumer', 'remove', 'mailer'])).stdout)).toEqual({ removed: 'mailer' });
    expect((await satchel(['check'])).stdout).not.toContain('consumers');
    expect(await feed()).toEqual(['1 one', '2 two', '3 three', '4 four']);
  });

  it('is busy while another run has the name, which may be committed all the same', async () => {
    await feed();
    const lock = path.join(ana.directory, '.satchel/refs/consumers', `${Buffer.from('mailer').toString('hex')}.lock`);
    const owner = { pid: process.ppid, host: 'elsewhere', taken: Date.now() };
    fs.writeFileSync(lock, JSON.stringify(owner));
    const { exit, stderr } = await satchel(['feed', '--as', 'mailer'], { people: 'pipe' });
    expect([exit, stderr.split('\n')[0]]).toEqual([11, 'satchel: error: another command hands out to "mailer"']);
    expect((await satchel(['consumer', 'remove', 'mailer'])).exit).toBe(11);
    expect((await satchel(['feed', '--as', 'mailer', '--commit', '3'])).exit).toBe(0);
  });

  it('opens nothing of what was handed out before', async () => {
    for (let i = 0; i < 20; i++) await ana.post('t', ...Array.from({ length: 20 }, (_, n) => `${i} ${n}`));
    await feed('--auto');
    const around = { name: 'mailer', topics: [rendezvousTopic('t'), rendezvousTopic('u')] };
    ana.reopen();
    expect(handOut(ana.session, around).handedOut).toEqual([]);
    expect(ana.repository.segmentsDecoded).toBe(0);
    await ana.post('t', 'one more');
    ana.reopen();
    expect(handOut(ana.session, around).handedOut).toHaveLength(1);
    expect(ana.repository.segmentsDecoded).toBe(1);
  });

  it('tells people how to commit, also with --quiet where the messages are', async () => {
    const loud = await satchel(['feed', '--as', 'mailer', '-t', 't'], { people: 'pipe' });
    expect(loud.stdout).toMatch(/^# ?t|\| one/m);
    expect(loud.stderr).toContain('feed --as mailer --commit 2');
    const quiet = await satchel(['feed', '--as', 'mailer', '-q'], { people: 'pipe' });
    expect([quiet.stdout.includes('| two'), quiet.stderr]).toEqual([true, '']);
  });

  it.each([
    [['feed'], 2, '--as is missing'],
    [['feed', '--as', 'a/b'], 2, 'that is no name for a consumer'],
    [['feed', '--as', 'x', '--commit', '1', '--auto'], 2, '--commit hands nothing out'],
    [['feed', '--as', 'x', '--commit', '1'], 15, 'there is no consumer "x"'],
    [['consumer', 'remove', 'x'], 15, 'there is no consumer "x"'],
  ] as const)('refuses %j', async (argv, exit, words) => {
    const ended = await satchel(argv, { people: 'pipe' });
    expect(ended.exit).toBe(exit);
    expect(ended.stderr).toContain(words);
  });

  it('says what to do when what is kept of a consumer is bad', async () => {
    await feed();
    const file = path.join(ana.directory, '.satchel/refs/consumers', `${Buffer.from('mailer').toString('hex')}.json`);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"offset": 0', '"offset": 7'));
    const { exit, stderr } = await satchel(['feed', '--as', 'mailer'], { people: 'pipe' });
    expect([exit, stderr]).toEqual([12, expect.stringContaining('satchel consumer remove')]);
    expect((await satchel(['consumer', 'remove', 'mailer'])).exit).toBe(0);
    expect(await feed()).toHaveLength(3);
  });
});
