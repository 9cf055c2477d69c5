// satchel-live-nats: hints of satchel over servers of NATS, which "satchel live" runs for as long as it does (spec/live.md,
// "Programs"). Nothing is kept there, and JetStream is not needed. Passwords are where satchel looks for them too.
import { Console } from 'node:console';
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { SatchelError } from '../../src/format/error.js';
import { EXIT } from '../answer.js';
import { type Broker, type Open, passOn } from '../live.js';
import { openingOf } from './credentials.js';
import { failureOf } from './failure.js';
import { connecting } from './link.js';
import { type Place, parsePlace } from './place.js';

// the client says there what it could not read; standard output is for hints
globalThis.console = new Console(process.stderr);

/** Opens nats://[LOGIN@]HOST[:PORT][,HOST...]/PREFIX: names are subjects below it. */
const openNats: Open = async (url, credentials, told) => {
  const place = placeOf(url);
  const options = connecting(place, openingOf(place, credentials));
  const wanted = new Map<string, Subscription | undefined>();
  let nc: NatsConnection | undefined;
  let isClosed = false;
  let wake = (): void => {};
  const subscribed = (to: NatsConnection, name: string): Subscription =>
    to.subscribe(`${place.bucket}.${name}`, {
      callback: (error, message) => {
        if (error)
          told.failed({ status: EXIT.denied, why: `nobody may listen to names below "${place.bucket}" there` });
        else told.message(name, message.data);
      },
    });
  const stay = async (): Promise<void> => {
    for (let pause = PAUSE_MS; !isClosed; pause = Math.min(2 * pause, PAUSE_MAX_MS)) {
      try {
        // the client's own way to connect again tries servers that nobody named
        nc = await connect({ ...options, reconnect: false });
      } catch (error) {
        const failure = failureOf(error);
        if (failure.status === EXIT.denied) return told.failed(failure);
        process.stderr.write(`${failure.why.split(/[\r\n]/, 1)[0]}\n`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pause);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        continue;
      }
      pause = PAUSE_MS;
      for (const name of wanted.keys()) wanted.set(name, subscribed(nc, name));
      told.connected();
      await nc.closed();
      nc = undefined;
      if (!isClosed) told.disconnected();
    }
  };
  const staying = stay();
  return {
    subscribe: (name) => void wanted.set(name, nc && subscribed(nc, name)),
    unsubscribe: (name) => {
      wanted.get(name)?.unsubscribe();
      wanted.delete(name);
    },
    publish: (name, payload) => {
      // more than these servers take is lost; what is said of it stands with them
      if (payload.length <= (nc?.info?.max_payload ?? payload.length)) nc?.publish(`${place.bucket}.${name}`, payload);
    },
    close: async () => {
      isClosed = true;
      wake();
      // flushes what was said last
      await nc?.drain().catch(() => nc?.close());
      await staying;
    },
  } satisfies Broker;
};

/** @throws SatchelError `usage` */
function placeOf(url: string): Place {
  try {
    return parsePlace(url);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    throw new SatchelError('usage', `${url} is not of the form nats://[LOGIN@]HOST[:PORT][,HOST...]/PREFIX`);
  }
}

const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 60_000;

process.exitCode = await passOn(openNats);
