// What went wrong, as an exit status of a helper (spec/drive.md, "Helpers" and "NATS").
import { SatchelError } from '../../src/format/error.js';
import { EXIT, type Failure } from '../answer.js';
import { CONNECTION_CODES } from '../connection.js';

/** What the client throws, as far as it is looked at. */
interface Thrown {
  readonly name: string;
  readonly message: string;
  /** Of the connection, or what JetStream says by a number (`server/errors.json` of nats-server). */
  readonly code?: string | number;
}

const OF_JETSTREAM = ['JetStreamApiError', 'StreamNotFoundError', 'ConsumerNotFoundError'];
const SAYS = { notRemoved: 10_057, streamExists: 10_058, noStream: 10_059, wrongSequence: 10_071 } as const;

/** No room in the bucket, the account or the servers, no further bucket, or none for a message of this size. */
const FULL = [10_002, 10_023, 10_027, 10_028, 10_047, 10_054, 10_077, 10_122];
/** There are too few servers for now, none leads them, or others ask for too much at once. */
const LATER = [10_004, 10_005, 10_006, 10_007, 10_008, 10_009, 10_014, 10_026, 10_118, 10_119];
const SEALED = 10_109;
const NOT_ALLOWED = /not permitted/;

const REFUSED = ['AuthorizationError', 'UserAuthenticationExpiredError', 'PermissionViolationError'];
const UNHEARD = 'NoResponders';
const LOST = ['ClosedConnectionError', 'ConnectionError', 'ProtocolError', 'TimeoutError', UNHEARD];
const NO_TLS = /does not support 'tls'/;
const CUT = /^(connection closed|connection disconnected|cancelled)$/;

/** What an error means to whoever started the helper. */
export function failureOf(error: unknown): Failure {
  const [status = EXIT.broken] = withCauses(error).flatMap((one) => statusOf(one) ?? []);
  return { status, why: isUnheard(error) ? 'JetStream does not answer there now' : (error as Thrown).message };
}

/** Whether the same may go well in a moment. */
export function isPassing(error: unknown): boolean {
  return failureOf(error).status === EXIT.unreachable;
}

/** Whether nothing listens to what was asked: there is no bucket, or nobody leads it now. */
export function isUnheard(error: unknown): boolean {
  return withCauses(error).some(({ name }) => name === UNHEARD);
}

/** Whether JetStream says just this. */
export function says(error: unknown, what: keyof typeof SAYS): boolean {
  return withCauses(error).some(({ name, code }) => OF_JETSTREAM.includes(name) && code === SAYS[what]);
}

/** The error, and what led to it. */
function withCauses(error: unknown): Thrown[] {
  const all: Error[] = [];
  for (let one = error; one instanceof Error && !all.includes(one); one = one.cause) all.push(one);
  return all;
}

function statusOf({ name, message, code }: Thrown): Failure['status'] | undefined {
  if (name === SatchelError.name) return code === 'denied' ? EXIT.denied : EXIT.usage;
  if (OF_JETSTREAM.includes(name)) return statusSaid(Number(code), message);
  if (REFUSED.includes(name)) return EXIT.denied;
  if (NO_TLS.test(message)) return EXIT.broken;
  return LOST.includes(name) || CUT.test(message) || CONNECTION_CODES.includes(`${code}`)
    ? EXIT.unreachable
    : undefined;
}

function statusSaid(code: number, message: string): Failure['status'] {
  if (code === SEALED || NOT_ALLOWED.test(message)) return EXIT.denied;
  if (FULL.includes(code)) return EXIT.full;
  return LATER.includes(code) ? EXIT.unreachable : EXIT.broken;
}
