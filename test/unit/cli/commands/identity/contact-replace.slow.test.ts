// Somebody begins anew with a new identity: what follows, and what does not.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { EXIT_OF_CODE } from '../../../../../src/format/error.js';
import { fingerprint } from '../../../../../src/identity/fingerprint.js';
import { contactsOf } from '../../../../../src/identity/relations.js';
import { createDrive } from '../../../../../src/sync/drive/drive.js';
import { allRecipients } from '../../../../../src/sync/known/recipients.js';
import { type Answer, type EndedHere, runFor } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { makeFriends } from '../../../../testkit/replicas.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

let parent: string;
let ana: Replica;
/** As he was, and as he is. */
let ben: Replica;
let anew: Replica;
let card: string;

beforeEach(async () => {
  parent = scratchDirectory();
  [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 'garden')) as [Replica, Replica];
  anew = await Replica.create('benjamin', parent);
  anew.meet(ana).join('garden');
  card = path.join(parent, 'ben.card');
  fs.writeFileSync(card, anew.session.self.card);
  await ben.post('garden', 'before');
  await bring(ben);
});

async function bring(from: Replica): Promise<void> {
  const file = path.join(parent, `${from.session.self.person.slice(0, 6)}.satchel`);
  await from.export(file);
  ana.import(file);
}

function run(argv: readonly string[], answer?: Answer): Promise<EndedHere> {
  return runFor(ana, argv, { answer, ...(answer && { people: 'pipe' }) });
}

function words(): Promise<string> {
  return fingerprint(anew.session.self.person);
}

async function replace(...argv: readonly string[]): Promise<EndedHere> {
  const ended = await run(['contact', 'replace', 'ben', card, '--words', await words(), ...argv]);
  expect(ended).toMatchObject({ exit: 0, stderr: '' });
  return ended;
}

describe('contact replace', () => {
  it('gives the petname to the new person, and keeps the former one known', async () => {
    const { stdout } = await replace();
    const { person } = anew.session.self;
    expect(JSON.parse(stdout)).toMatchObject({
      contact: { person, contact: 'ben', confirmed: true, blocked: false, former: false },
      former: { person: ben.session.self.person, contact: 'ben (before)', former: true },
    });
    anew.now += 1_000;
    await anew.post('garden', 'after');
    await bring(anew);
    const read = (await run(['read', '-t', 'garden'])).stdout.trim().split('\n');
    const told = read.map((line) => JSON.parse(line) as { text: string; author: { contact: string } });
    expect(told.map(({ text, author }) => [author.contact, text])).toEqual([
      ['ben (before)', 'before'],
      ['ben', 'after'],
    ]);
  });

  it('writes nothing for the former one any more, and takes what it wrote before', async () => {
    await ana.post('garden', 'for whom?');
    await ben.post('garden', 'late');
    await replace();
    const { session } = ana;
    expect(contactsOf(session).map(({ person }) => person)).toEqual([anew.session.self.person]);
    expect(allRecipients(session).map(({ person }) => person)).not.toContain(ben.session.self.person);
    await bring(ben);
    expect(ana.texts('garden')).toContain('late');
    const named = await run(['export', '--to', 'ben (before)', '-o', path.join(parent, 'no.satchel')]);
    expect([named.exit, JSON.parse(named.stderr)]).toMatchObject([2, { code: 'usage' }]);
    const status = JSON.parse((await run(['status'])).stdout) as { contacts: { person: string }[] };
    expect(status.contacts.map(({ person }) => person)).toEqual([anew.session.self.person]);
  });

  it('makes no drive wait for the former one', async () => {
    const stick = path.join(parent, 'stick');
    fs.mkdirSync(stick);
    createDrive(stick, { label: 'stick', now: ana.now, random: (size) => Buffer.alloc(size, 3) });
    await ben.visit(stick);
    await replace();
    await ana.post('garden', 'for the new one');
    await ana.visit(stick);
    await anew.visit(stick);
    expect(anew.texts('garden')).toContain('for the new one');
    await anew.post('garden', 'thanks');
    await anew.visit(stick);
    const { removed } = await ana.visit(stick);
    expect(removed.map(({ reason }) => reason)).toContain('acknowledged');
    expect(ana.texts('garden')).toContain('thanks');
  });

  it('changes nothing before the words were compared', async () => {
    const before = fs.readFileSync(path.join(ana.directory, '.satchel/refs/contacts.json'));
    const wrong = await fingerprint(ben.session.self.person);
    expect((await run(['contact', 'replace', 'ben', card, '--words', wrong])).exit).toBe(21);
    expect((await run(['contact', 'replace', 'ben', card])).exit).toBe(2);
    const seen: string[] = [];
    const answer =
      (said: string): Answer =>
      (question, shown) => {
        seen.push(question, shown);
        return said;
      };
    expect((await run(['contact', 'replace', 'ben', card], answer('n'))).exit).toBe(21);
    expect(seen.join('\n')).toContain(await words());
    for (const [old, card2, refusal] of [
      ['ben', 'ben', { code: 'usage', message: expect.stringContaining('of ben itself') }],
      ['ben', ben.session.self.card, { code: 'usage', message: expect.stringContaining('of ben itself') }],
      ['ben', ana.session.self.card, { code: 'usage', message: 'that is your own card' }],
      ['nobody', card, { code: 'not-found' }],
      ['ben', path.join(parent, 'nowhere'), { code: 'io', message: expect.stringContaining('nowhere') }],
    ] as const) {
      const { exit, stdout, stderr } = await run(['contact', 'replace', old, card2, '--words', await words()]);
      expect({ exit, stdout }).toEqual({ exit: EXIT_OF_CODE[refusal.code], stdout: '' });
      expect(JSON.parse(stderr)).toMatchObject(refusal);
    }
    expect(fs.readFileSync(path.join(ana.directory, '.satchel/refs/contacts.json'))).toEqual(before);
    const done = await run(['contact', 'replace', 'ben', card], answer('y'));
    expect(done.stdout).toMatch(/^ben \(\w+\) takes the place of ben \(before\) \(\w+\), and is confirmed\n$/);
    expect((await run(['contact', 'replace', 'ben (before)', card, '--words', await words()])).exit).toBe(2);
  });

  it('lets blocking follow, and goes back again', async () => {
    await run(['contact', 'block', 'ben']);
    const blocked = await replace();
    expect(JSON.parse(blocked.stdout)).toMatchObject({ contact: { blocked: true }, former: { blocked: true } });
    await run(['contact', 'unblock', 'ben']);
    await run(['contact', 'unblock', 'ben (before)']);
    const back = await fingerprint(ben.session.self.person);
    const { stdout } = await run(['contact', 'replace', 'ben', 'ben (before)', '--words', back]);
    expect(JSON.parse(stdout)).toMatchObject({
      contact: { person: ben.session.self.person, contact: 'ben', former: false },
      former: { person: anew.session.self.person, former: true },
    });
  });
});
