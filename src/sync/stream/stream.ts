// One stream: two repositories tell each other what they hold, and send each other what the other one lacks, in rounds,
// until there is nothing more (spec/stream.md).
import { decodeFrontier, type Frontier, type FrontierRange } from '../../format/bundle/frontier.js';
import { decodeWants, type Wants } from '../../format/bundle/wants.js';
import { type ErrorCode, SatchelError } from '../../format/error.js';
import type { LogId } from '../../format/ids.js';
import { STREAM_ROUNDS_MAX } from '../../format/limits.js';
import {
  decodeBye,
  decodeRefused,
  decodeTaken,
  encodeBye,
  encodeRefused,
  encodeTaken,
} from '../../format/stream/answers.js';
import type { Frame } from '../../format/stream/frame.js';
import { decodeMarks, encodeMarks } from '../../format/stream/signed.js';
import { subtractRanges } from '../../repository/index/held.js';
import { toldBy } from '../export/plan.js';
import { contactDevices } from '../import/import.js';
import { updateCards } from '../import/update-cards.js';
import { forgetStatements, keepStatement } from '../known/statements.js';
import type { Desk } from './desk.js';
import { Flight } from './flight.js';
import { Gate } from './gate.js';
import { assertPeer, claimedPeer, type Greeting, openGreeting, type Peer, signGreeting } from './greet.js';
import { Inbox, lost, SILENCE, stopped } from './inbox.js';
import { StreamIntake, UNWANTED } from './intake.js';
import { exportFor, type Going, type Offer, openOffer, SentBefore, type SentCounts } from './offer.js';
import { Outbox } from './outbox.js';
import type { BytePipe } from './pipe.js';
import { inPieces, marksOf, Speech, type Word, withoutBlobs } from './say.js';
import { SYSTEM_CLOCK } from './stream-clock.js';
import { type StreamOptions, type StreamTimes, TIMES } from './stream-options.js';
import { NOTHING_SENT, NOTHING_TAKEN, type StreamReport } from './stream-report.js';

/**
 * Runs a stream to its end, and closes the pipe. What goes wrong with the pipe, the other side, or what either sends is in the
 * report.
 * @throws what is wrong with the program
 */
export async function runStream(desk: Desk, pipe: BytePipe, options: StreamOptions = {}): Promise<StreamReport> {
  return new Stream(desk, pipe, options).run();
}

/** A round that is over, or was cut off. */
interface RoundOver {
  readonly peer: Peer;
  readonly word: Word;
  readonly serial: number;
  /** All that was to go went. */
  readonly isAllSent: boolean;
}

/** A round, as the other side sees it. */
interface Heard {
  frontiers: Frontier[];
  wants: Wants | undefined;
}

class Stream {
  readonly #desk: Desk;
  readonly #pipe: BytePipe;
  readonly #options: StreamOptions;
  readonly #times: StreamTimes;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #gate = new Gate();
  #flight = new Flight<Going>();
  readonly #before = new SentBefore();
  /** Logs of which nothing more is to go, and why. */
  readonly #refusedThere = new Map<LogId, string>();
  readonly #takenThere = new Map<LogId, readonly FrontierRange[]>();
  #heard: Heard = { frontiers: [], wants: undefined };
  #peer: Peer | undefined;
  #intake: StreamIntake | undefined;
  #speech: Speech | undefined;
  #sent: SentCounts = NOTHING_SENT;
  #rounds = 0;
  /** Rounds in which the other side has said, and sent, all that it had. */
  #saidThere = 0;
  #sentThere = 0;
  /** Frames that came in this round, of what is taken. */
  #came = 0;
  #isByeThere = false;
  /** Our goodbye is said. */
  #isLeaving = false;
  #isOver = false;
  #listening: Promise<void> | undefined;

  constructor(desk: Desk, pipe: BytePipe, options: StreamOptions) {
    this.#desk = desk;
    this.#pipe = pipe;
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#inbox = new Inbox(pipe, options.clock ?? SYSTEM_CLOCK);
    this.#outbox = new Outbox(pipe, (error) => this.#gate.fail(error));
  }

  async run(): Promise<StreamReport> {
    const { signal } = this.#options;
    const interrupt = (): void => {
      this.#gate.fail(stopped(signal));
      this.#pipe.destroy();
    };
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    const failures: SatchelError[] = [];
    const tried = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof SatchelError)) throw error;
        failures.push(error);
      }
    };
    try {
      await tried(() => this.#converse());
    } finally {
      signal?.removeEventListener('abort', interrupt);
      await this.#close(failures[0]);
    }
    await tried(() => this.#settle());
    return this.#report(failures[0]);
  }

  async #converse(): Promise<void> {
    const greeting = await openGreeting(this.#desk);
    const { clock = SYSTEM_CLOCK } = this.#options;
    let stop = (): void => {};
    // one limit for all of it: who sends a byte now and then gets no more time
    const late = new Promise<void>((resolve) => {
      stop = clock.after(this.#times.greetingMs, resolve);
    });
    const peer = await this.#greet(greeting, late).finally(stop);
    // one reads for as long as the other one writes, and neither waits for the other
    this.#listening = this.#listen(peer).catch((error: unknown) => this.#gate.fail(error));
    await this.#speak(greeting, peer);
    this.#isLeaving = true;
    this.#outbox.put('bye', encodeBye(undefined));
    await this.#gate.until(() => this.#isByeThere);
  }

  async #greet({ hello, payload }: Greeting, late: Promise<void>): Promise<Peer> {
    this.#outbox.put('hello', payload);
    const first = await this.#greeted('hello', late);
    const peer = claimedPeer(this.#desk, first);
    const { binding } = this.#pipe;
    const signature = await signGreeting(this.#desk, payload, first, binding);
    this.#outbox.put('signed', signature);
    const proof = await this.#greeted('signed', late);
    await assertPeer(this.#desk, peer, proof, { own: payload, other: first, binding });
    const { for: people } = this.#options;
    if (people && !people.includes(peer.person)) {
      throw new SatchelError('untrusted-peer', 'who is at the other end is not whom --for names', {
        hint: 'leave it out, or name it',
      });
    }
    // whoever knew what may be remembered could find out by a mark whether it is
    this.#outbox.put('marks', encodeMarks(marksOf(this.#desk.session(), peer, hello.nonce)));
    const marks = decodeMarks(await this.#greeted('marks', late));
    this.#speech = new Speech(marks, [hello.nonce, peer.hello.nonce]);
    this.#intake = new StreamIntake(this.#desk, peer.device, this.#pipe.name);
    this.#peer = peer;
    return peer;
  }

  async #greeted(type: Frame['type'], late: Promise<void>): Promise<Buffer> {
    const frame = await this.#inbox.next(late);
    if (frame === undefined) throw lost('the connection ended before anything was said');
    if (frame === SILENCE) throw lost('nothing answered in time');
    if (frame.type === 'bye') throw this.#farewell(frame.payload) ?? lost('the other side said goodbye at once');
    if (frame.type !== type) throw new SatchelError('bad-stream', `a frame "${frame.type}" comes where none can be`);
    return frame.payload;
  }

  async #speak(greeting: Greeting, peer: Peer): Promise<void> {
    for (let round = 1; round <= STREAM_ROUNDS_MAX; round++) {
      this.#rounds = round;
      if (!(await this.#round(greeting, peer))) return;
    }
  }

  /** Whether anything was sent by anybody. */
  async #round({ hello }: Greeting, peer: Peer): Promise<boolean> {
    const word = await this.#say(peer);
    await this.#until(() => this.#saidThere >= this.#rounds);
    const flight = new Flight<Going>();
    this.#flight = flight;
    const offer = await this.#offer(hello, peer);
    let isAllSent = false;
    try {
      await this.#send(offer.going, flight);
      this.#outbox.put('sent');
      isAllSent = true;
      await this.#until(() => flight.isEmpty && this.#sentThere >= this.#rounds);
    } finally {
      await this.#noteRound(offer, flight, { peer, word, serial: hello.serial, isAllSent });
    }
    const isMore = flight.count > 0 || this.#came > 0;
    this.#came = 0;
    return isMore;
  }

  /** What was taken is known from now on, also when the round was cut off. */
  async #noteRound(offer: Offer, flight: Flight<Going>, { peer, word, serial, isAllSent }: RoundOver): Promise<void> {
    const taken = new Set(flight.taken.filter((one) => isHeldThere(one, this.#takenThere)));
    const isDone = (one: Going): boolean => taken.has(one) || this.#isUnwantedThere(one);
    const isWhole = isAllSent && flight.isEmpty && flight.taken.every(isDone);
    try {
      await this.#desk.locked(async () => {
        this.#keepTaken(peer);
        const sent = offer.note([...taken], { word, name: this.#pipe.name, serial, isWhole });
        this.#sent = summed(this.#sent, sent);
      });
    } finally {
      offer.close();
    }
  }

  /** Whether it is as if it had been taken: nobody there wants it. */
  #isUnwantedThere({ log }: Going): boolean {
    return log !== undefined && AS_IF_TAKEN.has(this.#refusedThere.get(log) ?? '');
  }

  #offer({ epoch }: Greeting['hello'], peer: Peer): Promise<Offer> {
    return this.#desk.locked(async () => {
      const offer = await openOffer(this.#desk, this.#desk.session(), peer, this.#before);
      if (this.#desk.session().self.epoch === epoch) return offer;
      offer.close();
      throw new SatchelError('changed', 'this repository was found to be restored or copied meanwhile', {
        hint: 'run it again',
      });
    });
  }

  /** Waits until it holds. @throws SatchelError `peer-lost` when the other side leaves before */
  async #until(holds: () => boolean): Promise<void> {
    await this.#gate.until(() => holds() || this.#isByeThere);
    if (!holds()) throw lost('the other side said goodbye in the middle');
  }

  async #say(peer: Peer): Promise<Word> {
    const word = await this.#desk.turn(async () => {
      this.#desk.repository.refresh();
      const session = this.#desk.session();
      return this.#speechNow().next(session, peer, toldBy(session, exportFor(peer)));
    });
    for (const frontier of word.frontiers) this.#outbox.put('frontier', frontier);
    if (word.wants) this.#outbox.put('wants', word.wants);
    this.#outbox.put('said');
    return word;
  }

  #speechNow(): Speech {
    if (!this.#speech) throw new Error('nobody is there to speak to');
    return this.#speech;
  }

  async #send(going: readonly Going[], flight: Flight<Going>): Promise<void> {
    for (const one of going) {
      if (one.log !== undefined && this.#refusedThere.has(one.log)) continue;
      await this.#until(() => flight.hasRoom(one.size));
      await this.#outbox.room();
      const bytes = await this.#desk.turn(async () => one.read());
      flight.add(one);
      this.#outbox.put(one.type, bytes);
    }
  }

  async #listen(peer: Peer): Promise<void> {
    const intake = this.#intake;
    while (!this.#isOver && intake) {
      const frame = await this.#inbox.next(intake.isEmpty ? this.#times.silenceMs : this.#times.pauseMs);
      if (frame === undefined) return;
      if (frame !== SILENCE) await this.#hear(frame, peer, intake);
      else if (intake.isEmpty) throw lost('the other side has fallen silent');
      else await this.#take(intake);
      this.#gate.changed();
      if (this.#isByeThere) return;
    }
  }

  async #hear({ type, payload }: Frame, peer: Peer, intake: StreamIntake): Promise<void> {
    if (this.#isLeaving && type !== 'bye')
      throw new SatchelError('bad-stream', `a frame "${type}" comes where a goodbye has to`);
    switch (type) {
      case 'frontier':
        this.#heard.frontiers.push(decodeFrontier(payload));
        return;
      case 'wants':
        this.#heard.wants = decodeWants(payload);
        return;
      case 'said':
        return this.#keepHeard(peer);
      case 'segment':
      case 'proof':
      case 'chunk':
        intake.add({ type, payload });
        this.#came++;
        if (intake.isFull) await this.#take(intake);
        return;
      case 'sent':
        this.#assertRound(this.#sentThere);
        if (!intake.isEmpty) await this.#take(intake);
        this.#sentThere++;
        return;
      case 'taken':
        return this.#hearTaken(payload);
      case 'refused':
        return this.#hearRefused(payload);
      default:
        return this.#hearBye(payload);
    }
  }

  /** Nobody can be further than a round ahead: that one begins with what is said here. */
  #assertRound(over: number): void {
    if (over > this.#rounds) throw new SatchelError('bad-stream', 'a round comes before the one before it is over');
  }

  async #keepHeard(peer: Peer): Promise<void> {
    this.#assertRound(this.#saidThere);
    const { frontiers, wants } = this.#heard;
    this.#heard = { frontiers: [], wants: undefined };
    // also a device that holds nothing was heard, and may have begun a new epoch
    const words = this.#saidThere === 0 && frontiers.length === 0 ? [new Map()] : frontiers;
    if (words.length > 0)
      await this.#desk.locked(async () => {
        const { repository } = this.#desk;
        for (const frontier of words) keepWord(this.#desk, peer, { frontier, wants });
        forgetStatements(repository, contactDevices(this.#desk.session()));
      });
    this.#saidThere++;
  }

  async #take(intake: StreamIntake): Promise<void> {
    const { frames, frontier, refused } = await intake.take();
    for (const { log, code } of refused) this.#outbox.put('refused', encodeRefused({ log, code }));
    const pieces = inPieces(frontier);
    for (const piece of pieces.slice(0, -1)) this.#outbox.put('taken', encodeTaken({ frames: 0, frontier: piece }));
    this.#outbox.put('taken', encodeTaken({ frames, frontier: pieces.at(-1) ?? new Map() }));
    this.#speechNow().noteTaken(this.#desk.session(), frontier);
  }

  #hearTaken(payload: Buffer): void {
    const { frames, frontier } = decodeTaken(payload);
    this.#flight.take(frames);
    // of what is not here nothing has to be known, and there may be very much of it
    const { repository } = this.#desk;
    for (const [log, ranges] of frontier) if (repository.log(log)) this.#takenThere.set(log, ranges);
  }

  #hearRefused(payload: Buffer): void {
    const { log, code } = decodeRefused(payload);
    this.#flight.answer();
    // what explains the missing payloads may be on the way
    if (code === 'stripped') this.#before.forgetOnce(log);
    else this.#refusedThere.set(log, code);
  }

  #hearBye(payload: Buffer): void {
    this.#isByeThere = true;
    const failure = this.#farewell(payload);
    if (failure) throw failure;
  }

  /** What was taken there is what it says that it holds. Only under the repository's lock. */
  #keepTaken(peer: Peer): void {
    const taken = withoutBlobs(this.#desk.session(), this.#takenThere);
    for (const frontier of inPieces(taken)) keepWord(this.#desk, peer, { frontier, wants: undefined });
    this.#takenThere.clear();
  }

  /** Why the other side ends it; undefined when it has nothing more. */
  #farewell(payload: Buffer): SatchelError | undefined {
    const code = decodeBye(payload);
    if (code === undefined) return undefined;
    if (code === 'untrusted-peer')
      return new SatchelError('untrusted-peer', 'the other side does not take this device for one of a contact', {
        hint: 'exchange cards first: "satchel card" here, "satchel contact add" there',
      });
    return new SatchelError('peer-lost', `the other side gave up: ${code}`, { hint: 'look at what it says there' });
  }

  async #close(failure: SatchelError | undefined): Promise<void> {
    if (failure && !this.#isLeaving) {
      if (failure.code !== 'peer-lost') this.#outbox.put('bye', encodeBye(failure.code));
      else if (this.#isByeThere) this.#outbox.put('bye', encodeBye(undefined));
    }
    const hasGone = this.#outbox.end();
    const { clock = SYSTEM_CLOCK } = this.#options;
    const isLate = new Promise<void>((resolve) => {
      const stop = clock.after(GOODBYE_MS, resolve);
      void hasGone.then(stop, stop);
    });
    this.#isOver = true;
    await Promise.race([hasGone, isLate]);
    this.#outbox.close();
    this.#pipe.destroy();
    await this.#listening;
  }

  /** What is noted of all of it. */
  async #settle(): Promise<void> {
    const intake = this.#intake;
    const peer = this.#peer;
    if (!intake || !peer) return;
    await this.#desk.locked(async () => intake.tellJournal(this.#desk.repository));
    await this.#desk.turn(() => updateCards(this.#desk.session(), [peer.card, ...intake.taken.cards]));
  }

  #report(failure: SatchelError | undefined): StreamReport {
    return {
      name: this.#pipe.name,
      peer: this.#peer,
      taken: this.#intake?.taken ?? NOTHING_TAKEN,
      sent: this.#sent,
      refusedThere: [...this.#refusedThere.values()],
      bytesIn: this.#inbox.bytes,
      bytesOut: this.#outbox.bytes,
      rounds: this.#rounds,
      failure,
    };
  }
}

/** Of these refusals nothing is to be sent again. */
const AS_IF_TAKEN: ReadonlySet<string> = new Set<ErrorCode | typeof UNWANTED>([UNWANTED, 'over-quota']);
/** Whether the other side says that it holds what a segment carries: one that was changed on the way was taken for nothing. */
function isHeldThere({ piece }: Going, held: ReadonlyMap<LogId, readonly FrontierRange[]>): boolean {
  if (!piece) return true;
  const { log, first, end } = piece.record;
  return subtractRanges([{ from: first, end }], held.get(log) ?? []).length === 0;
}

/** So long is waited for the last frames to go. */
const GOODBYE_MS = 2_000;

function keepWord(desk: Desk, { device, hello }: Peer, said: { frontier: Frontier; wants: Wants | undefined }): void {
  const { epoch, serial, created } = hello;
  keepStatement(desk.repository, { key: device, epoch, serial, created }, said, { isFurther: true });
}

function summed(a: SentCounts, b: SentCounts): SentCounts {
  return {
    entries: a.entries + b.entries,
    messages: a.messages + b.messages,
    blobs: a.blobs + b.blobs,
    blobBytes: a.blobBytes + b.blobBytes,
  };
}
