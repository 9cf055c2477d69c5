// satchel serve: answers whoever opens a stream to this repository (spec/cli.md, "serve").
import { SatchelError } from '../../../format/error.js';
import { tidyIfDue } from '../../../sync/maintain.js';
import { openSession } from '../../../sync/session.js';
import { answerCall, isCalled } from '../../../sync/stream/call.js';
import { callingOf, ownPipe, pathOf } from '../../../sync/stream/carriers.js';
import type { Desk } from '../../../sync/stream/desk.js';
import { listenAt } from '../../../sync/stream/listen.js';
import { type BytePipe, pipeOf } from '../../../sync/stream/pipe.js';
import { OPENED_TIMES } from '../../../sync/stream/stream-options.js';
import type { Context } from '../../command/context.js';
import { describeFailure } from '../../command/errors.js';
import type { Args } from '../../command/table/commands.js';
import { exitOfStream, type Streamed, streamJson, tellStream } from '../../report/stream-report.js';
import { writeText } from '../../terminal/write-text.js';
import { afterImport } from '../drives/drive-hooks.js';
import { broughtOver, deskOf, notBegun, type People, peopleFor, streamOver } from './over-stream.js';

/** One stream over standard input and output, or many at a socket, until it is interrupted. */
export async function run(context: Context, args: Args<'serve'>): Promise<number> {
  const path = placeOf(context, args);
  const people = await peopleFor(context, args.for);
  const desk = await deskOf(context);
  const { signal } = context.interruption();
  const serve = (place: string, pipe: BytePipe): Promise<Streamed> => streamOver(desk, place, pipe, { people, signal });
  if (path === undefined) {
    const streamed = await serveOwnPipe(desk, { people, signal });
    // standard output is the other side's
    tellFailure(context, streamed);
    await desk.turn(() => afterwards(context, streamed));
    return exitOfStream(streamed);
  }
  context.note(`answering at ${args.listen}`);
  const answer = async (pipe: BytePipe): Promise<void> => {
    const streamed = await serve(args.listen ?? '', pipe);
    if (context.json) context.printJson(streamJson(streamed));
    tellStream(context, streamed);
    context.stdout.flush();
    await desk.turn(() => afterwards(context, streamed));
  };
  await listenAt(path, signal, answer, (error) =>
    writeText(context.stderr, describeFailure(error, { json: context.json, file: `unix:${path}` }).text),
  );
  return context.interrupted() ?? 0;
}

/** One stream over standard input and output: a call, where somebody calls. */
async function serveOwnPipe(desk: Desk, options: { readonly people: People; readonly signal: AbortSignal }) {
  const duplex = ownPipe();
  const calling = callingOf('-', { desk, ...options });
  try {
    const pipe = (await isCalled(duplex, calling)) ? await answerCall(duplex, calling) : pipeOf('-', duplex, duplex);
    return await streamOver(desk, PLACE, pipe, { ...options, times: OPENED_TIMES });
  } catch (failure) {
    if (!(failure instanceof SatchelError)) throw failure;
    return notBegun(desk, PLACE, failure);
  }
}

const PLACE = 'standard input';

/** The path of the socket; undefined: standard input and output. @throws SatchelError `usage` */
function placeOf({ json }: Context, { stdio, listen }: Args<'serve'>): string | undefined {
  if (stdio === (listen !== undefined)) {
    throw new SatchelError('usage', 'serve needs to know where: --stdio or --listen, one of them', {
      hint: 'such as "satchel serve --listen unix:/run/user/1000/satchel.sock"',
    });
  }
  if (json && stdio)
    throw new SatchelError('usage', 'with --stdio standard output is the other side’s', { hint: 'leave --json out' });
  if (listen === undefined) return undefined;
  if (listen.startsWith('unix:')) return pathOf(listen);
  throw new SatchelError('usage', `--listen is "${listen}", expected unix:PATH`, {
    hint: 'from other computers it is reached over ssh: satchel sync ssh://HOST',
  });
}

function tellFailure(context: Context, { failure, place }: Streamed): void {
  if (failure) writeText(context.stderr, describeFailure(failure, { json: false, file: place }).text);
}

/** What an import does behind itself, too. */
async function afterwards(context: Context, { report }: Streamed): Promise<void> {
  const repository = await context.repository();
  await afterImport(context, broughtOver([report]));
  if ((await context.config())['gc.auto']) await tidyIfDue(openSession(repository));
}
