// A broker of MQTT 3.1.1, which every one speaks. Messages go at most once (QoS 0), and nothing is kept there: one that is lost
// comes with the next sync.
import mqtt, { ErrorWithReasonCode } from 'mqtt';
import { SatchelError } from '../../src/format/error.js';
import { isThisComputer } from '../../src/sync/medium/url.js';
import { credentialsFor } from '../../src/sync/store/credentials.js';
import { EXIT } from '../answer.js';
import type { Broker, Open } from '../live.js';

/** Opens mqtt://[LOGIN@]HOST[:PORT][/PREFIX], or mqtts: encrypted. */
export const openMqtt: Open = async (url, credentials, told) => {
  const { host, login, prefix, address, isEncrypted } = placeOf(url);
  const found = isEncrypted || login !== undefined ? credentialsFor({ host, login }, credentials) : undefined;
  if (login !== undefined && !found)
    throw new SatchelError('denied', `there is no password for ${login} at ${host} in ${credentials.named}`);
  if (found && !isEncrypted && !isThisComputer(host))
    throw new SatchelError('usage', 'a password is not sent in the clear: mqtts:// encrypts');
  const client = mqtt.connect(address, {
    ...(found && { username: found.login, password: found.password }),
    protocolVersion: 4,
    clean: true,
    queueQoSZero: false,
    reconnectPeriod: PAUSE_MS,
  });
  let isThere = false;
  client.on('connect', () => {
    isThere = true;
    client.options.reconnectPeriod = PAUSE_MS;
    told.connected();
  });
  client.on('close', () => {
    client.options.reconnectPeriod = Math.min(2 * (client.options.reconnectPeriod ?? PAUSE_MS), PAUSE_MAX_MS);
    if (isThere) told.disconnected();
    isThere = false;
  });
  client.on('error', (error) => {
    const why = error.message;
    if (error instanceof ErrorWithReasonCode && REFUSED.has(error.code)) told.failed({ status: EXIT.denied, why });
    else process.stderr.write(`${why.split(/[\r\n]/, 1)[0]}\n`);
  });
  client.on('message', (name, payload) => {
    if (name.startsWith(prefix)) told.message(name.slice(prefix.length), payload);
  });
  return speakerOf(client, prefix);
};

function speakerOf(client: mqtt.MqttClient, prefix: string): Broker {
  return {
    subscribe: (name) => void client.subscribe(`${prefix}${name}`, { qos: 0 }),
    unsubscribe: (name) => void client.unsubscribe(`${prefix}${name}`),
    publish: (name, payload) => {
      if (client.connected) client.publish(`${prefix}${name}`, payload, { qos: 0 });
    },
    close: () => client.endAsync(!client.connected),
  };
}

interface Place {
  readonly host: string;
  readonly login: string | undefined;
  /** In front of every name there. */
  readonly prefix: string;
  /** Without what is not the broker's. */
  readonly address: string;
  readonly isEncrypted: boolean;
}

/** @throws SatchelError `usage` */
function placeOf(url: string): Place {
  const { protocol, hostname, port, username, pathname, search, hash } = parsed(url);
  if (hostname === '' || search !== '' || hash !== '') throw usage(url);
  const way = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '');
  if (/[#+\0]/.test(way)) throw usage(url);
  return {
    host: hostname,
    login: username === '' ? undefined : decodeURIComponent(username),
    prefix: way === '' ? '' : `${way}/`,
    address: `${protocol}//${hostname}${port === '' ? '' : `:${port}`}`,
    isEncrypted: protocol === 'mqtts:',
  };
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw usage(url);
  }
}

function usage(url: string): SatchelError {
  return new SatchelError('usage', `${url} is not of the form mqtts://[LOGIN@]HOST[:PORT][/PREFIX]`);
}

/** "bad user name or password" and "not authorized" of CONNACK. */
const REFUSED: ReadonlySet<number> = new Set([4, 5]);
const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
