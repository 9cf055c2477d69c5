// The one error class of the program: a code word, what was found, and the next command (spec/cli.md, "Exit codes").

/** Every code word with the exit status it leads to; `spec/cli.md` prints the same table. */
export const EXIT_OF_CODE = {
  internal: 1,
  usage: 2,
  refused: 3,
  'no-repository': 10,
  'repository-exists': 2,
  busy: 11,
  damaged: 12,
  'newer-version': 13,
  locked: 14,
  'wrong-passphrase': 14,
  'no-identity': 10,
  'not-found': 15,
  ambiguous: 16,
  sealed: 17,
  'no-recovery': 18,
  'not-allowed': 18,
  'bad-card': 2,
  'bad-request': 2,
  'bad-letter': 2,
  'waiting-for-key': 3,
  'too-large': 2,
  'bad-segment': 20,
  'bad-checksum': 20,
  'bad-chain': 21,
  'bad-tar': 20,
  'bad-manifest': 20,
  'bad-member': 20,
  'bad-bundle': 20,
  'bad-stream': 20,
  'over-limit': 20,
  'not-authentic': 21,
  'untrusted-peer': 21,
  contradiction: 21,
  stripped: 3,
  incomplete: 3,
  'over-quota': 3,
  'no-drive': 30,
  'drive-absent': 30,
  unreachable: 30,
  'peer-lost': 30,
  denied: 30,
  outdated: 30,
  'not-a-file': 30,
  changed: 30,
  io: 30,
  'no-space': 31,
} as const;

/** A code word; the same in the throw, in `--json`, in the exit table and in the vector that provokes it. */
export type ErrorCode = keyof typeof EXIT_OF_CODE;

/** An expected failure: `code` for programs, `message` (lower case, no full stop) and `hint` (the next command) for people. */
export class SatchelError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SatchelError';
    this.code = code;
    this.hint = options.hint;
  }

  /** The process exit status for this code. */
  get exit(): number {
    return EXIT_OF_CODE[this.code];
  }
}
