// What a URL of a mailbox means: imap://[LOGIN@]HOST[:PORT]/FOLDER (spec/drive.md, "IMAP").
import { SatchelError } from '../../src/format/error.js';
import { decoded, isThisComputer } from '../../src/sync/medium/url.js';

const PORT_TLS = 993;
const PORT_PLAIN = 143;
const PLAIN = '?plain';

/** A folder of somebody's mailbox. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** Without encryption: on this computer only. */
  readonly isPlain: boolean;
  readonly login: string | undefined;
  /** The folder and those it lies in, the outermost first. */
  readonly folder: readonly string[];
}

/** Reads a URL. @throws SatchelError `usage` */
export function parsePlace(text: string): Place {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const folder = url?.pathname.split('/').filter((part) => part !== '') ?? [];
  if (url?.protocol !== 'imap:' || url.hostname === '' || folder.length === 0) throw wrong(`${text} names no folder`);
  if (url.password !== '') throw wrong('there is a password in the URL');
  if (url.hash !== '' || !['', PLAIN].includes(url.search)) throw wrong(`only ${PLAIN} can follow the folder`);
  const isPlain = url.search === PLAIN;
  if (isPlain && !isThisComputer(url.hostname))
    throw wrong(`${PLAIN} is for this computer only: passwords would be read on the way`);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (isPlain ? PORT_PLAIN : PORT_TLS),
    isPlain,
    login: url.username === '' ? undefined : decoded(url.username),
    folder: folder.map(decoded),
  };
}

function wrong(why: string): SatchelError {
  return new SatchelError('usage', `${why}; it is imap://[LOGIN@]HOST/FOLDER`);
}
