// A contact's device that says and sends what it likes (spec/stream.md): an end with a code, nothing lost, nothing taken that is
// not verified, and the next stream with an honest one brings what is missing.
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeFrontier } from '../../src/format/bundle/frontier.js';
import { encodeWants } from '../../src/format/bundle/wants.js';
import type { Digest, EntryId, LogId } from '../../src/format/ids.js';
import { CHUNK_MAX, STREAM_ROUNDS_MAX, STREAM_USELESS_MAX } from '../../src/format/limits.js';
import { encodeRefused, encodeTaken } from '../../src/format/stream/answers.js';
import { encodeFrame, FrameReader, type FrameType } from '../../src/format/stream/frame.js';
import { encodeHello } from '../../src/format/stream/hello.js';
import { encodeMarks, signStream } from '../../src/format/stream/signed.js';
import { newEpoch, nextSerial } from '../../src/identity/self.js';
import type { StreamClock } from '../../src/sync/stream/stream-clock.js';
import type { StreamReport } from '../../src/sync/stream/stream-report.js';
import { collect } from '../testkit/collect.js';
import { type PipePair, pipePair } from '../testkit/pipes.js';
import type { Replica } from '../testkit/replica.js';
import { errorsIn, heldBy, makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { IMPATIENT, PATIENT, speak, stream } from '../testkit/streaming.js';

let alice: Replica;
let bob: Replica;
let log: LogId;
beforeEach(async () => {
  [alice, bob] = (await makeFriends(memoryDirectory(), ['alice', 'bob'], 't')) as [Replica, Replica];
  const [posted] = await alice.post('t', 'hello');
  log = posted?.log as LogId;
});

/** Bob's device in the hands of somebody who sends frames by hand; what it hears is read and let go. */
class Liar {
  readonly heard: FrameType[] = [];
  readonly #reader = new FrameReader();
  readonly #pipe = pipePair();
  readonly #nonce = randomBytes(16);
  readonly report: Promise<StreamReport>;
  readonly #waiting: { readonly type: FrameType; readonly resolve: (payload: Buffer) => void }[] = [];
  readonly #payloads: { readonly type: FrameType; readonly payload: Buffer }[] = [];

  constructor(clock: StreamClock = PATIENT) {
    this.report = speak(alice, this.#pipe.a, { clock });
    void this.#listen();
  }

  send(type: FrameType, payload?: Buffer): Promise<void> {
    return this.sendBytes(encodeFrame(type, payload));
  }

  /** What nobody reads any more is let go. */
  async sendBytes(bytes: Buffer): Promise<void> {
    await Promise.race([this.#pipe.b.write(bytes).catch(() => {}), this.report]);
  }

  /** As Bob, or with another key than his. */
  async greet(seed?: Buffer): Promise<this> {
    await this.prove(seed);
    await this.next('said');
    return this;
  }

  async prove(seed?: Buffer): Promise<void> {
    const { self, secrets, card } = await bob.author();
    const hello = { card, epoch: self.epoch, serial: nextSerial(bob.directory), created: bob.now, nonce: this.#nonce };
    const own = encodeHello(hello);
    await this.send('hello', own);
    const other = await this.next('hello');
    const signature = signStream({ own, other, binding: Buffer.alloc(32) }, seed ?? secrets.device);
    await this.send('signed', signature);
    await this.send('marks', encodeMarks(Array.from({ length: 16 }, () => Buffer.alloc(4))));
  }

  /** The next frame of that type, whatever comes before. */
  next(type: FrameType): Promise<Buffer> {
    const at = this.#payloads.findIndex((one) => one.type === type);
    if (at >= 0) return Promise.resolve(this.#payloads.splice(0, at + 1).at(-1)?.payload ?? Buffer.alloc(0));
    return new Promise((resolve) => {
      this.#waiting.push({ type, resolve });
    });
  }

  async #listen(): Promise<void> {
    for await (const piece of this.#pipe.b.incoming) {
      for (const { type, payload } of this.#reader.push(piece)) {
        this.heard.push(type);
        const waiting = this.#waiting[0];
        if (waiting?.type === type) this.#waiting.shift()?.resolve(payload);
        else this.#payloads.push({ type, payload });
      }
    }
  }
}

/** One on which time passes by word. */
class StepClock implements StreamClock {
  #now = 0;
  readonly #waiting = new Map<() => void, number>();

  after(ms: number, done: () => void): () => void {
    this.#waiting.set(done, this.#now + ms);
    return () => this.#waiting.delete(done);
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const [done, due] of this.#waiting) if (due <= this.#now && this.#waiting.delete(done)) done();
  }
}

function helloOf({ session, now }: Replica) {
  return { epoch: session.self.epoch, serial: 1, created: now, nonce: randomBytes(16) };
}

/** Hands on all that comes, and ends when no more does. */
async function relay(incoming: AsyncIterable<Buffer>, to: PipePair['b']): Promise<void> {
  try {
    for await (const piece of incoming) await to.write(piece);
  } catch {
    // the other end has hung up
  }
}

/** What Alice says of it, with nothing broken, and Bob honest again. */
async function expectEnd(liar: Liar, code: string | undefined): Promise<StreamReport> {
  const report = await liar.report;
  expect(report.failure?.code).toBe(code);
  expect(errorsIn(alice)).toEqual([]);
  await stream(alice, bob);
  expect(bob.texts('t')).toEqual(['hello']);
  expect(heldBy(alice)).toEqual(heldBy(bob));
  return report;
}

describe('who', () => {
  it('says nothing behind HELLO is waited for no longer', async () => {
    await expectEnd(new Liar(IMPATIENT), 'peer-lost');
  });

  it('sends its HELLO a byte now and then is waited for no longer', async () => {
    const clock = new StepClock();
    const liar = new Liar(clock);
    const { self, card } = await bob.author();
    const hello = encodeHello({ ...helloOf(bob), epoch: self.epoch, card });
    for (const byte of encodeFrame('hello', hello).subarray(0, 12)) {
      await liar.sendBytes(Buffer.of(byte));
      await new Promise(setImmediate);
      clock.pass(1_000);
    }
    await expectEnd(liar, 'peer-lost');
  });

  it('falls silent later is waited for no longer', async () => {
    await expectEnd(await new Liar(IMPATIENT).greet(), 'peer-lost');
  });

  it('has a card and not its key hears nothing', async () => {
    const liar = new Liar();
    await liar.prove(randomBytes(32));
    const { failure, rounds } = await expectEnd(liar, 'untrusted-peer');
    expect([failure?.message, rounds]).toEqual(['what answers did not prove who it is', 0]);
    expect(liar.heard.filter((type) => type !== 'bye')).toEqual(['hello', 'signed']);
  });

  it('passes on a proof that was made for somebody else hears nothing', async () => {
    // between two who know each other: what Bob signs is bound to what he was told first, and not to Alice's words
    const eve = (await makeFriends(memoryDirectory(), ['eve'], 't'))[0] as Replica;
    bob.meet(eve);
    const toAlice = pipePair();
    const toBob = pipePair();
    const reports = [speak(alice, toAlice.a), speak(bob, toBob.a)] as const;
    const eves = await eve.author();
    const hello = encodeHello({ ...helloOf(eve), card: eves.card });
    void toBob.b.write(encodeFrame('hello', hello));
    const relayed = relay(toBob.b.incoming, toAlice.b);
    const atAlice = await reports[0];
    toBob.cut();
    await Promise.all([reports[1], relayed]);
    expect(atAlice.failure?.code).toBe('untrusted-peer');
    expect(atAlice.sent.entries).toBe(0);
  });

  it('says goodbye in the middle has not taken anything', async () => {
    const liar = await new Liar().greet();
    await liar.send('said');
    await liar.next('segment');
    await liar.send('bye');
    expect((await expectEnd(liar, 'peer-lost')).sent.entries).toBe(0);
  });

  it('gave up says why', async () => {
    const liar = await new Liar().greet();
    await liar.send('bye', Buffer.from('no-space'));
    expect((await expectEnd(liar, 'peer-lost')).failure?.message).toContain('no-space');
  });

  it('takes more than was sent is not believed', async () => {
    const liar = await new Liar().greet();
    await liar.send('said');
    await liar.send('taken', encodeTaken({ frames: 4_000_000, frontier: new Map() }));
    await expectEnd(liar, 'bad-stream');
  });

  it.each(['taken', 'refused'] as const)('answers without end: %s', async (type) => {
    const liar = await new Liar().greet();
    await liar.send('said');
    const payload =
      type === 'taken' ? encodeTaken({ frames: 0, frontier: new Map() }) : encodeRefused({ log, code: 'unwanted' });
    for (let i = 0; i < 40; i++) await liar.send(type, payload);
    await expectEnd(liar, 'bad-stream');
  });

  it('refuses everything gets no more of it, and all of it the next time', async () => {
    const liar = await new Liar().greet();
    await liar.send('said');
    await liar.next('segment');
    await liar.send('refused', encodeRefused({ log, code: 'bad-chain' }));
    await liar.send('bye', Buffer.from('over-limit'));
    await expectEnd(liar, 'peer-lost');
  });

  it('sends what is nothing, without end, is listened to no longer', async () => {
    const liar = await new Liar().greet();
    await liar.send('said');
    for (let i = 0; i < 200; i++) await liar.send('segment', randomBytes(300));
    await liar.send('sent');
    await expectEnd(liar, 'over-limit');
  });

  it('sends chunks that nobody wants, without end, is listened to no longer, and memory stays flat', async () => {
    const liar = await new Liar().greet();
    await liar.send('said');
    const chunk = randomBytes(CHUNK_MAX);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let sent = 0; sent <= STREAM_USELESS_MAX + 4 * CHUNK_MAX; sent += CHUNK_MAX) {
      await liar.send('chunk', chunk);
      if (sent % (8 * CHUNK_MAX) !== 0) continue;
      collect();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    await expectEnd(liar, 'over-limit');
    expect(most).toBeLessThan(STREAM_USELESS_MAX / 2);
  });

  it('sends frames of later versions without end is listened to no longer', async () => {
    const liar = await new Liar().greet();
    const frame = Buffer.concat([Buffer.from([0x80, 0x0f, 0xff, 0xff]), Buffer.alloc(0x0fffff)]);
    for (let i = 0; i < 4; i++) await liar.sendBytes(frame);
    await expectEnd(liar, 'over-limit');
  });

  it('has no end of rounds gets a goodbye', async () => {
    const liar = await new Liar().greet();
    for (let round = 1; round <= STREAM_ROUNDS_MAX; round++) {
      if (round > 1) await liar.next('said');
      await liar.send('said');
      await liar.send('chunk', Buffer.from(`round ${round}`));
      await liar.send('sent');
      await liar.next('sent');
      if (round === 1)
        await liar.send(
          'taken',
          encodeTaken({ frames: liar.heard.filter((type) => type === 'segment').length, frontier: new Map() }),
        );
    }
    await liar.next('bye');
    await liar.send('frontier', encodeFrontier(new Map([[log, []]])));
    await expectEnd(liar, 'bad-stream');
  });

  it('has its rounds alone, without end, is listened to no longer', async () => {
    const liar = await new Liar().greet();
    for (let round = 1; round <= 4; round++) {
      await liar.send('said');
      await liar.send('sent');
    }
    await expectEnd(liar, 'bad-stream');
  });

  it('asks for everything gets what a bundle for it would hold', async () => {
    const liar = await new Liar().greet();
    const root = 'ab'.repeat(32) as Digest;
    await liar.send('frontier', encodeFrontier(new Map([['cd'.repeat(32) as LogId, []]])));
    await liar.send('wants', encodeWants({ blobs: new Map([[root, []]]), isCut: false }));
    await liar.send('said');
    await liar.next('sent');
    await liar.send('bye');
    expect(liar.heard.filter((type) => type === 'chunk')).toEqual([]);
    await expectEnd(liar, 'peer-lost');
  });

  it('says that it holds what it does not gets that when it begins anew', async () => {
    const { end, id } = alice.repository.log(log) ?? { end: 0, id: '' as EntryId };
    const liar = await new Liar().greet();
    await liar.send('frontier', encodeFrontier(new Map([[log, [{ from: 0, end, id }]]])));
    await liar.send('said');
    await liar.next('sent');
    expect(liar.heard).not.toContain('segment');
    await liar.send('sent');
    await liar.next('bye');
    await liar.send('bye');
    await liar.report;
    newEpoch(bob.directory, randomBytes);
    await expectEnd(liar, undefined);
  });

  it('is another program is told from a stream', async () => {
    const liar = new Liar();
    await liar.sendBytes(Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'));
    const { failure } = await liar.report;
    expect(failure).toMatchObject({ code: 'bad-stream', hint: expect.stringContaining('satchel serve') });
  });
});
