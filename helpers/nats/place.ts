// What a URL of a bucket means: nats://[LOGIN@]HOST[:PORT][,HOST[:PORT]...]/BUCKET (spec/drive.md, "NATS").
import { SatchelError } from '../../src/format/error.js';
import { decoded, isThisComputer } from '../../src/sync/medium/url.js';

const PORT = 4222;
const FORM = /^nats:\/\/(?:([^/?#@:]*)@)?([^/?#@]+)\/([A-Za-z0-9_-]{1,64})\/?(\?plain)?$/;
const SERVER = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;

/** One of the servers. */
export interface Server {
  /** Without the brackets of an address. */
  readonly host: string;
  readonly port: number;
}

/** A bucket on some servers of one cluster, or on one server. */
export interface Place {
  readonly servers: readonly Server[];
  /** Without encryption: on this computer only. */
  readonly isPlain: boolean;
  readonly login: string | undefined;
  readonly bucket: string;
}

/** Reads a URL. @throws SatchelError `usage` */
export function parsePlace(text: string): Place {
  const [, login = '', hosts = '', bucket, plain] = FORM.exec(text) ?? [];
  if (bucket === undefined) throw wrong(`${text} names no bucket`);
  const names = hosts.split(',');
  const isPlain = plain !== undefined;
  if (isPlain && !names.every((name) => isThisComputer(name.replace(/:\d+$/, ''))))
    throw wrong('?plain is for this computer only: passwords would be read on the way');
  return { servers: names.map(parseServer), isPlain, login: login === '' ? undefined : decoded(login), bucket };
}

function parseServer(text: string): Server {
  const [, host, port = `${PORT}`] = SERVER.exec(text) ?? [];
  if (host === undefined || Number(port) === 0 || Number(port) > 65_535) throw wrong(`"${text}" is no server`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function wrong(why: string): SatchelError {
  return new SatchelError('usage', `${why}; it is nats://[LOGIN@]HOST[:PORT][,HOST...]/BUCKET`);
}
