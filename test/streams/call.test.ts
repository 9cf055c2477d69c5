// Calls over pipes that anybody may be at (spec/stream.md, "Calls"): only who is known gets to say anything, nobody on the way
// learns who that is, and whatever happens to the bytes, nothing is lost and nothing taken that is not verified.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CALL_HINTS_MAX } from '../../src/format/limits.js';
import { encodeCallFrame } from '../../src/format/stream/call.js';
import { X25519Identity } from '../../src/identity/x25519.js';
import { answerCall, call } from '../../src/sync/stream/call.js';
import { callOver, speakCalled } from '../testkit/calling.js';
import { Chance } from '../testkit/chance.js';
import { openFixture } from '../testkit/fixture.js';
import { pair } from '../testkit/paired.js';
import { byteByByte, duplexPair, flipping, type Ways } from '../testkit/pipes.js';
import { Replica } from '../testkit/replica.js';
import { block, makeFriends, meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { IMPATIENT } from '../testkit/streaming.js';
import type { CallVector } from '../testkit/vectors-stream.js';
import { cutting, DamagedWorld } from './damage.js';

async function friends(): Promise<[Replica, Replica]> {
  return (await makeFriends(memoryDirectory(), ['alice', 'bob'], 't')) as [Replica, Replica];
}

/** Ways on which all that passes is kept. */
function listening(): { readonly ways: Ways; readonly toA: Buffer[]; readonly toB: Buffer[] } {
  const toA: Buffer[] = [];
  const toB: Buffer[] = [];
  const into = (kept: Buffer[]) => (bytes: Buffer) => {
    kept.push(bytes);
    return [bytes];
  };
  return { ways: { toA: into(toA), toB: into(toB) }, toA, toB };
}

it('brings what a stream brings, and who listens sees no text, name, key or card', async () => {
  const [alice, bob] = await friends();
  await alice.post('t', 'a secret of ours');
  const { ways, toA, toB } = listening();
  const [there, back] = await callOver(alice, bob, duplexPair(ways));
  expect([there.failure, back.failure]).toEqual([undefined, undefined]);
  expect(bob.texts('t')).toEqual(['a secret of ours']);
  const seen = Buffer.concat([...toA, ...toB]);
  const { card } = await alice.author();
  for (const what of [Buffer.from('secret'), Buffer.from('alice'), Buffer.from('satchel-stream'), card.subarray(4, 36)])
    expect(seen.includes(what)).toBe(false);
  expect(there.report?.peer?.person).toBe(bob.session.self.person);
});

it('two calls of the same two have no bytes in common by which they could be recognised', async () => {
  const [alice, bob] = await friends();
  const pieces = async (): Promise<ReadonlySet<string>> => {
    const { ways, toB } = listening();
    await callOver(alice, bob, duplexPair(ways));
    const hints = Buffer.concat(toB).subarray(8, 8 + 16 + 32 * 8);
    return new Set(Array.from({ length: hints.length / 8 }, (_, i) => hints.toString('hex', i * 8, i * 8 + 8)));
  };
  const first = await pieces();
  expect(first.size).toBe(34);
  expect([...(await pieces())].filter((one) => first.has(one))).toEqual([]);
});

it('as many hints are sent whether one contact is known or thirty', async () => {
  const [alice, bob] = await friends();
  const length = async (): Promise<number> => {
    const { ways, toB } = listening();
    await callOver(alice, bob, duplexPair(ways));
    return Buffer.concat(toB).readUIntBE(5, 3);
  };
  const few = await length();
  const others = await Promise.all(Array.from({ length: 5 }, (_, i) => Replica.create(`p${i}`, memoryDirectory())));
  meetAll([alice, ...others]);
  expect(await length()).toBe(few);
});

describe('who is there', () => {
  it.each([
    ['a stranger', async (_: Replica) => {}],
    ['one who knows us, whom we do not know', async (_: Replica, eve: Replica, alice: Replica) => void eve.meet(alice)],
    [
      'one whom we know, who does not know us',
      async (_: Replica, eve: Replica, alice: Replica) => void alice.meet(eve),
    ],
    [
      'one who is blocked',
      async (_: Replica, eve: Replica, alice: Replica) => {
        meetAll([alice, eve]);
        block(alice, eve);
      },
    ],
  ])('%s learns nothing, whoever calls', async (_who, meet) => {
    const [alice, bob] = await friends();
    const eve = (await Replica.create('eve', memoryDirectory())).join('t');
    await meet(bob, eve, alice);
    for (const [caller, answerer] of [
      [alice, eve],
      [eve, alice],
    ] as const) {
      const { ways, toA, toB } = listening();
      const ends = await callOver(caller, answerer, duplexPair(ways));
      expect(ends.map(({ failure }) => failure?.code)).toEqual(['untrusted-peer', 'untrusted-peer']);
      // CALL and HINTS, NONCE, and nothing else
      expect(Buffer.concat(toB).length).toBe(4 + 4 + 16 + 32 * 8);
      expect(Buffer.concat(toA).length).toBe(4 + 16);
    }
  });

  it('others than those that were named are not found', async () => {
    const [alice, bob] = await friends();
    const eve = await Replica.create('eve', memoryDirectory());
    const ends = await callOver(alice, bob, duplexPair(), { people: [eve.session.self.person] });
    expect(ends.map(({ failure }) => failure?.code)).toEqual(['untrusted-peer', 'untrusted-peer']);
  });

  it('another device of oneself is found', async () => {
    const directory = memoryDirectory();
    const [alice] = (await makeFriends(directory, ['alice'], 't')) as [Replica];
    const laptop = await pair(alice, 'laptop', directory);
    const ends = await callOver(laptop, alice);
    expect(ends.map(({ failure }) => failure)).toEqual([undefined, undefined]);
  });

  it('a hint that was heard before is worth nothing to who plays it again', async () => {
    const [alice, bob] = await friends();
    const { ways, toB } = listening();
    await callOver(alice, bob, duplexPair(ways));
    const again = listening();
    const line = duplexPair(again.ways);
    const answered = speakCalled(bob, line.b, answerCall);
    line.a.resume();
    line.a.write(Buffer.concat(toB));
    expect((await answered).failure?.code).toBe('untrusted-peer');
    // another NONCE, and no CHOICE
    expect(Buffer.concat(again.toA).length).toBe(4 + 16);
  });

  it('another program gets no answer', async () => {
    const [, bob] = await friends();
    const line = duplexPair();
    const answered = speakCalled(bob, line.b, answerCall);
    const heard: Buffer[] = [];
    line.a.on('data', (bytes: Buffer) => heard.push(bytes));
    line.a.write('GET / HTTP/1.1\r\n\r\n');
    expect((await answered).failure?.code).toBe('bad-stream');
    expect(heard).toEqual([]);
  });

  it('says more than a call may have is not listened to', async () => {
    const [, bob] = await friends();
    const line = duplexPair();
    const answered = speakCalled(bob, line.b, answerCall);
    line.a.resume();
    line.a.write(encodeCallFrame('call'));
    line.a.write(encodeCallFrame('hints', randomBytes(16 + 8 * (CALL_HINTS_MAX + 1))));
    expect((await answered).failure?.code).toBe('over-limit');
  });

  it('says nothing, or stops in the middle, is waited for no longer', async () => {
    const [alice, bob] = await friends();
    const silent = duplexPair();
    const deaf = duplexPair();
    const half = duplexPair();
    half.a.write(encodeCallFrame('call').subarray(0, 3));
    const ends = await Promise.all([
      speakCalled(bob, silent.b, answerCall, { clock: IMPATIENT }),
      speakCalled(bob, half.b, answerCall, { clock: IMPATIENT }),
      speakCalled(alice, deaf.a, call, { clock: IMPATIENT }),
    ]);
    expect(ends.map(({ failure }) => failure?.code)).toEqual(['peer-lost', 'peer-lost', 'peer-lost']);
  });

  it('chooses a hint without its key gets nothing', async () => {
    const [alice] = await friends();
    const line = duplexPair();
    const called = speakCalled(alice, line.a, call, { clock: IMPATIENT });
    line.b.write(encodeCallFrame('nonce', randomBytes(16)));
    await once(line.b, 'readable');
    line.b.write(encodeCallFrame('choice', Buffer.from([0, 3])));
    line.b.resume();
    expect(['bad-stream', 'peer-lost', 'untrusted-peer']).toContain((await called).failure?.code);
  });
});

it('keys are known by their newest, and by older ones that are kept', () => {
  for (const { scalars, secret, caller, answerer } of openFixture('stream.json').list<CallVector>('calls')) {
    const [a, b] = scalars.map((hex) => new X25519Identity(Buffer.from(hex, 'hex'))) as [
      X25519Identity,
      X25519Identity,
    ];
    expect([a.recipient.toString('hex'), b.recipient.toString('hex')]).toEqual([caller, answerer]);
    expect([a.agree(b.recipient), b.agree(a.recipient)].map((one) => one?.toString('hex'))).toEqual([secret, secret]);
  }
});

describe('bytes on the way', () => {
  const TIMES = 8;
  const chance = new Chance(seedOf('STREAM_SEED'));

  it('byte by byte', async () => {
    const [alice, bob] = await friends();
    await alice.post('t', 'hello');
    const [there] = await callOver(alice, bob, duplexPair({ toA: byteByByte, toB: byteByByte }));
    expect(there.failure).toBeUndefined();
    expect(bob.texts('t')).toEqual(['hello']);
  });

  it('of which a bit is another one', async () => {
    const world = await DamagedWorld.create(memoryDirectory(), chance);
    const bytes = OVERHEAD + (await world.soundBytes());
    for (let i = 0; i < TIMES; i++) {
      // the first is one that is sure to pass, within the channel
      const at = i === 0 ? 8 * WITHIN : chance.below(8 * bytes);
      const direction = chance.pick(['toA', 'toB']);
      const run = (alice: Replica, bob: Replica) =>
        callOver(alice, bob, duplexPair({ [direction]: flipping(at) }), { clock: IMPATIENT });
      const ends = await world.of(run, `bit ${at} ${direction}`);
      if (i === 0) expect(ends.some(({ failure }) => failure)).toBe(true);
    }
  });

  it('which end', async () => {
    const world = await DamagedWorld.create(memoryDirectory(), chance);
    const bytes = OVERHEAD + (await world.soundBytes());
    for (let i = 0; i < TIMES; i++) {
      const after = chance.below(bytes);
      const direction = chance.pick(['toA', 'toB']);
      const run = (alice: Replica, bob: Replica) => {
        const line = duplexPair({ [direction]: cutting(after, () => line.cut()) });
        return callOver(alice, bob, line, { clock: IMPATIENT });
      };
      await world.of(run, `cut after ${after} ${direction}`);
    }
  });
});

/** Of a call before the stream begins, about. */
const OVERHEAD = 800;
/** Bytes behind which there are more, of the channel, both ways. */
const WITHIN = 950;
