// satchel serve: answers whoever opens a stream to this repository (spec/cli.md, "serve").
import type { Duplex } from 'node:stream';
import { EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import { tidyIfDue } from '../../../sync/maintain.js';
import { openSession } from '../../../sync/session.js';
import { answerCall } from '../../../sync/stream/call.js';
import { callingOf, ownPipe, parseTcp, pathOf } from '../../../sync/stream/carriers.js';
import type { Desk } from '../../../sync/stream/desk.js';
import { type Answering, listenAt } from '../../../sync/stream/listen.js';
import { type BytePipe, pipeOf } from '../../../sync/stream/pipe.js';
import { listenOn, parseSerial } from '../../../sync/stream/serial.js';
import { OPENED_TIMES, type StreamTimes, TIMES } from '../../../sync/stream/stream-options.js';
import { withSmallScheme } from '../../../sync/stream/stream-url.js';
import type { Context } from '../../command/context.js';
import { describeFailure } from '../../command/errors.js';
import type { Args } from '../../command/table/commands.js';
import { broughtOver, exitOfStream, type Streamed, streamJson, tellStream } from '../../report/stream-report.js';
import { plural } from '../../terminal/size.js';
import { writeText } from '../../terminal/write-text.js';
import { afterImport } from '../drives/drive-hooks.js';
import { deskOf, notBegun, type People, peopleFor, streamOver } from './over-stream.js';

/** One stream over standard input and output, or many at a socket, until it is interrupted. */
export async function run(context: Context, args: Args<'serve'>): Promise<number> {
  const place = placeOf(context, args);
  const people = await peopleFor(context, args.for);
  const desk = await deskOf(context);
  const { signal } = context.interruption();
  if (place === undefined) {
    const streamed = await serveOwnPipe(context, desk, { people, signal, isPlain: args.plain });
    // standard output is the other side's
    tellFailure(context, streamed);
    await desk.turn(() => afterwards(context, streamed));
    return exitOfStream(streamed);
  }
  const how = answering(context, desk, { ...place, people, signal });
  if ('device' in place.at) await listenOn(place.at, how);
  else await listenAt(place.at, how);
  return context.interrupted() ?? 0;
}

interface Serving {
  readonly url: string;
  /** Whether anybody may come there, or listen to what passes. */
  readonly isOpen: boolean;
  readonly times: StreamTimes;
  readonly people: People;
  readonly signal: AbortSignal;
}

/** Speaks to each who comes, and tells what came of it. */
function answering(context: Context, desk: Desk, { url, isOpen, times, people, signal }: Serving): Answering {
  const refusals = new Refusals(context, url);
  const calling = callingOf(url, { desk, people, signal }, times);
  const pipeTo = async (duplex: Duplex): Promise<BytePipe | undefined> => {
    if (!isOpen) return pipeOf(url, duplex, duplex);
    return answerCall(duplex, calling).catch((error: unknown) => refusals.add(error));
  };
  return {
    signal,
    answer: async (duplex, proved) => {
      const pipe = await pipeTo(duplex);
      if (!pipe) return;
      proved();
      const streamed = asAnswerer(await streamOver(context, desk, { place: url, pipe, people, signal, times }));
      if (context.json) context.printJson(streamJson(streamed));
      tellStream(context, streamed);
      context.stdout.flush();
      await desk.turn(() => afterwards(context, streamed));
    },
    failed: (error) => writeText(context.stderr, describeFailure(error, { json: context.json, file: url }).text),
    ready: (port) => context.note(`answering at ${port === undefined ? url : url.replace(/:\d+\/?$/, `:${port}`)}`),
  };
}

/** Calls of nobody known: at an open port there may be very many. */
class Refusals {
  readonly #context: Context;
  readonly #url: string;
  #count = 0;

  constructor(context: Context, url: string) {
    this.#context = context;
    this.#url = url;
  }

  /** Counts one, and tells of the first, the second, the fourth and so on. @throws what is no refusal */
  add(error: unknown): undefined {
    if (!(error instanceof SatchelError) || error.exit === EXIT_OF_CODE.internal) throw error;
    this.#count++;
    if ((this.#count & (this.#count - 1)) !== 0) return;
    const calls = plural(this.#count, 'call');
    this.#context.note(`${this.#url}: ${calls} of nobody known so far; the last one: ${error.message} (${error.code})`);
  }
}

interface OwnPipe {
  readonly people: People;
  readonly signal: AbortSignal;
  /** Whether what it goes over encrypts, and says who may come, as ssh does. */
  readonly isPlain: boolean;
}

/** One stream over standard input and output: a call, unless that is said to need none. */
async function serveOwnPipe(context: Context, desk: Desk, { isPlain, ...options }: OwnPipe): Promise<Streamed> {
  const duplex = ownPipe();
  try {
    const pipe = isPlain ? pipeOf('-', duplex, duplex) : await answerCall(duplex, callingOf('-', { desk, ...options }));
    return asAnswerer(await streamOver(context, desk, { place: PLACE, pipe, ...options, times: OPENED_TIMES }));
  } catch (failure) {
    if (!(failure instanceof SatchelError)) throw failure;
    return asAnswerer(notBegun(desk, PLACE, failure));
  }
}

/** What goes on is begun by who calls: this side has nothing to run again. */
function asAnswerer(streamed: Streamed): Streamed {
  const { failure } = streamed;
  if (failure?.code !== 'peer-lost') return streamed;
  const { message: words, cause } = failure;
  const hint = 'nothing to do here: the next "satchel sync" of the other side goes on where it ended';
  return { ...streamed, failure: new SatchelError('peer-lost', words, { hint, cause }) };
}

const PLACE = 'standard input';

/** Where it listens; undefined: standard input and output. @throws SatchelError `usage` */
function placeOf({ json }: Context, { stdio, plain, listen }: Args<'serve'>) {
  if (stdio === (listen !== undefined)) {
    throw new SatchelError('usage', 'serve needs to know where: --stdio or --listen, one of them', {
      hint: 'such as "satchel serve --listen unix:/run/user/1000/satchel.sock"',
    });
  }
  if (plain && !stdio)
    throw new SatchelError('usage', '--plain is for --stdio', {
      hint: 'leave it out: a socket needs none, a port has to encrypt',
    });
  if (json && stdio)
    throw new SatchelError('usage', 'with --stdio standard output is the other side’s', { hint: 'leave --json out' });
  if (listen === undefined) return undefined;
  const url = withSmallScheme(listen);
  if (url.startsWith('unix:')) return { url, at: { path: pathOf(url) }, isOpen: false, times: TIMES };
  if (url.startsWith('tcp:')) return { url, at: parseTcp(url), isOpen: true, times: TIMES };
  if (url.startsWith('serial:')) return { url, at: parseSerial(url), isOpen: true, times: OPENED_TIMES };
  throw new SatchelError('usage', `--listen is "${listen}", expected unix:PATH, tcp://ADDRESS:PORT or serial:DEVICE`, {
    hint: 'over ssh nothing has to listen: satchel sync ssh://HOST',
  });
}

function tellFailure(context: Context, { failure, place }: Streamed): void {
  if (failure) writeText(context.stderr, describeFailure(failure, { json: false, file: place }).text);
}

/** What an import does behind itself, too. */
async function afterwards(context: Context, streamed: Streamed): Promise<void> {
  const repository = await context.repository();
  await afterImport(context, broughtOver([streamed]));
  if ((await context.config())['gc.auto']) await tidyIfDue(openSession(repository));
}
