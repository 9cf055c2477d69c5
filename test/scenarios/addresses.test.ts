// Where people publish is told to contacts, in person logs, and is nothing but a hint (spec/devices.md, "Person log").
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { isAddress, parseAddresses, setAddresses } from '../../src/identity/addresses.js';
import { addressesOf } from '../../src/sync/known/addresses.js';
import { PERSON_LABEL, personTopic } from '../../src/topic/person-topic.js';
import { AT } from '../../src/topic/reading/person-log.js';
import { postLocked } from '../../src/topic/writing/post.js';
import { runHere } from '../testkit/command.js';
import { dropDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

const SITE = 'https://ana.example/satchel';
const OTHER = 'https://ipfs.io/ipns/k51qzi5uqu5dgutdk6i1ynyzgkqngpha5xpgia3a5qqp4jsh0u4csozksxel2r/';

let directory: string;
let stick: string;
let ana: Replica;
let ben: Replica;

beforeEach(async () => {
  directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  ana = await Replica.create('ana', directory);
  ben = await Replica.create('ben', directory);
  ana.meet(ben);
  ben.meet(ana);
});

/** What this device says, and what everybody knows after they met. */
async function tell(one: Replica, addresses: readonly string[]): Promise<string[]> {
  one.repository.locked(() => setAddresses(one.directory, addresses));
  for (const visitor of [ana, ben, one, ana, ben]) await visitor.visit(stick);
  return addressesOf(ben.session, ana.session.self.person);
}

it('goes to contacts with the next bundle, changes and ends, and is said once', async () => {
  expect(await tell(ana, [])).toEqual([]);
  expect(await tell(ana, [SITE])).toEqual([SITE]);
  const { touched } = await ana.visit(stick);
  expect(touched).toBe(false);
  expect(await tell(ana, [OTHER, SITE])).toEqual([OTHER, SITE]);
  expect(await tell(ana, [])).toEqual([]);
  expect(await tell(ana, [SITE])).toEqual([SITE]);
});

it('is said by each device, and not any more by one that was removed', async () => {
  const laptop = await pair(ana, 'laptop', directory);
  await tell(ana, [SITE]);
  expect((await tell(laptop, [OTHER, SITE])).sort()).toEqual([SITE, OTHER].sort());
  await dropDevice(ana, laptop);
  for (const visitor of [ana, ben]) await visitor.visit(stick);
  expect(addressesOf(ben.session, ana.session.self.person)).toEqual([SITE]);
});

it('is passed over where it is none, however it is said', async () => {
  const { person } = ana.session.self;
  const place = { topic: personTopic(person), label: PERSON_LABEL };
  const many = Array.from({ length: 9 }, (_, i) => `${SITE}/${i}`);
  const bodies = [
    'https://ana.example',
    [1, null, ['x']],
    ['exec:rm', 'http://ana.example/', `${SITE} ${SITE}`, `${SITE};x`, `https://a:b@ana.example`],
    many,
  ];
  for (const body of bodies) {
    const author = await ana.author();
    await ana.repository.lockedAsync(() => postLocked(ana.repository, author, place, [{ type: AT, body, meta: {} }]));
    // what the device itself says comes after that
    const said = addressesOf(ana.session, person);
    expect(said).toEqual(body === many ? many.slice(0, 4) : []);
  }
  expect(await tell(ana, [SITE])).toEqual([SITE]);
});

it('is nothing that a shell takes for anything else, and leads over TLS', () => {
  for (const fine of [SITE, OTHER, 'https://h', 'https://h:8443/a%20b/~c', `https://h/${'x'.repeat(190)}`])
    expect(isAddress(fine)).toBe(true);
  for (const other of [
    '',
    'https://',
    'https:///x',
    'https://-h',
    'http://h',
    'https://h?x',
    'https://h/#',
    'https://a@h/',
  ])
    expect(isAddress(other)).toBe(false);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(SITE.length), (text, at) => {
      const address = `${SITE.slice(0, at)}${text}${SITE.slice(at)}`;
      if (isAddress(address)) expect(address).toMatch(/^https:\/\/[A-Za-z0-9._~%@+=,:/-]+$/);
    }),
  );
  expect(() => parseAddresses(['exec:x'])).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(() => parseAddresses(['a', 'b', 'c', 'd', 'e'].map((name) => `https://${name}`))).toThrow(/at most 4/);
});

it('is told with the command that reads it', async () => {
  const run = async (people: 'pipe' | undefined, ...words: string[]): Promise<string> => {
    const how = { env: {}, world: ben.repository.world, ...(people && { people }) };
    const { stdout, stderr } = await runHere(['-C', ben.directory, ...words], how);
    return `${stdout}${people ? stderr : ''}`;
  };
  await tell(ana, [SITE]);
  const line = `ana publishes; to read it: satchel -C ${ben.directory} sync ${SITE}`;
  for (const command of [['contact', 'list'], ['status']]) expect(await run('pipe', ...command)).toContain(line);
  const listed = JSON.parse(await run(undefined, 'contact', 'list')) as { contacts: { at: string[] }[] };
  expect(listed.contacts.map((one) => one.at)).toEqual([[SITE]]);
  const card = async (...words: string[]): Promise<unknown> => JSON.parse(await run(undefined, 'card', ...words));
  expect(await card('--at', OTHER)).toMatchObject({ at: [OTHER] });
  expect(await card()).toMatchObject({ at: [OTHER] });
  expect(await card('--at', 'none')).toMatchObject({ at: [] });
  expect(await run('pipe', 'card', '--at', SITE)).toMatch(/^You publish at \S+ from now on/);
});
