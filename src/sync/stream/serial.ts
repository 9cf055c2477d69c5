// Serial lines: a device, set up by `stty`, whatever is at its other end (spec/cli.md, "Streams").
import type { Duplex } from 'node:stream';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { restOf } from '../medium/url.js';
import { runChild } from '../watch/child.js';
import { Line } from './line.js';
import type { Answering } from './listen.js';

/** What `serial:DEVICE[?baud=RATE]` names. */
export interface SerialPlace {
  readonly device: string;
  /** Bits a second; undefined: as the device is set. */
  readonly baud: number | undefined;
}

/** A device that is open. */
export interface OpenSerial {
  readonly line: Line;
  /** The device. */
  readonly stream: Duplex;
  close(): Promise<void>;
}

/** The place. @throws SatchelError `usage` */
export function parseSerial(url: string): SerialPlace {
  const [, device, rate] = SERIAL.exec(restOf(url)) ?? [];
  const baud = rate === undefined ? undefined : Number(rate);
  if (device !== undefined && !(baud === 0)) return { device, baud };
  throw new SatchelError('usage', `${url} names no device`, { hint: 'such as "serial:/dev/ttyUSB0?baud=9600"' });
}

const SERIAL = /^([^?]+)(?:\?baud=(\d{1,7}))?$/;
const SETUP_MS = 5_000;
const GOODBYE_MS = 2_000;
/** Slow: where nothing is said it is only waited longer. */
const BAUD_USUAL = 9_600;

/** Sets the device up and opens it. @throws SatchelError `unreachable`, `io` */
export async function openSerial({ device, baud }: SerialPlace): Promise<OpenSerial> {
  const which = process.platform === 'darwin' ? '-f' : '-F';
  const rate = baud === undefined ? [] : [String(baud)];
  // all bytes as they are, and nobody waits for a telephone line
  const words = [which, device, ...rate, 'raw', '-echo', '-ixon', 'clocal', 'cread'];
  const { status, stderr, error } = await runChild('stty', words, { limitMs: SETUP_MS });
  if (status !== 0)
    throw new SatchelError('unreachable', `${device} cannot be set up: ${error?.code ?? (stderr.trim() || status)}`, {
      hint: 'see that it is there, a serial line, and yours to open: "ls -l" says who may',
    });
  const { ReadStream } = await import('node:tty');
  const fd = onDisk(`opening ${device}`, () => disk.open(device, 'terminal'));
  // the one stream of Node that waits for a terminal without keeping a thread; it goes both ways
  const stream: Duplex = new ReadStream(fd);
  return { line: new Line(stream, { baud: baud ?? BAUD_USUAL }), stream, close: () => closed(stream) };
}

/** Answers each who begins at the other end, one after the other. @throws SatchelError as {@link openSerial} */
export async function listenOn(place: SerialPlace, { signal, answer, failed, ready }: Answering): Promise<void> {
  const { line, stream, close } = await openSerial(place);
  let last = Promise.resolve();
  line.listen((end) => {
    last = answer(end, () => {}).catch(failed);
  });
  ready?.(undefined);
  await new Promise<void>((resolve, reject) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    stream.once('close', () =>
      reject(new SatchelError('unreachable', `${place.device} is gone`, { hint: 'plug it in, and run it again' })),
    );
  });
  await last;
  await close();
}

/** What was written goes out, if it can. */
async function closed(stream: Duplex): Promise<void> {
  if (stream.destroyed) return;
  const late = setTimeout(() => stream.destroy(), GOODBYE_MS);
  await new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.end(() => stream.destroy());
  });
  clearTimeout(late);
}
