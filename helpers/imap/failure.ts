// What went wrong, as an exit status of a helper (spec/drive.md, "Helpers").
import { SatchelError } from '../../src/format/error.js';
import { EXIT, type Failure } from '../answer.js';
import { CONNECTION_CODES } from '../connection.js';

/** What somebody's library throws, as far as it is looked at. */
interface Thrown {
  readonly message: string;
  /** Of the connection. */
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  /** Why a server refused, as RFC 5530 and others name it. */
  readonly serverResponseCode?: string;
  /** `NO` or `BAD` to a command. */
  readonly responseStatus?: string;
  /** The server's words. */
  readonly responseText?: string;
  readonly response?: unknown;
}

const FULL = ['OVERQUOTA', 'APPENDLIMIT', 'TOOBIG', 'LIMIT'];
const DENIED = ['NOPERM', 'AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED', 'PRIVACYREQUIRED'];
const LATER = ['UNAVAILABLE', 'INUSE'];
/** How connections fail: in the words of Node, and of imapflow. */
const CONNECTION = [
  ...CONNECTION_CODES,
  'CONNECT_TIMEOUT',
  'ClosedAfterConnectTLS',
  'ClosedAfterConnectText',
  'EConnectionClosed',
  'ETHROTTLE',
  'ETIMEOUT',
  'GREETING_TIMEOUT',
  'NoConnection',
  'StateLogout',
];

/** What an error means to whoever started the helper. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SatchelError)
    return { status: error.code === 'denied' ? EXIT.denied : EXIT.usage, why: error.message };
  const { message, code = '', ...said } = error as Thrown;
  const reason = said.serverResponseCode?.toUpperCase() ?? '';
  const why = said.responseText ?? (typeof said.response === 'string' ? said.response : message);
  if (FULL.includes(reason)) return { status: EXIT.full, why };
  if (LATER.includes(reason) || CONNECTION.includes(code)) return { status: EXIT.unreachable, why };
  if (said.authenticationFailed || DENIED.includes(reason)) return { status: EXIT.denied, why };
  return { status: EXIT.broken, why };
}
