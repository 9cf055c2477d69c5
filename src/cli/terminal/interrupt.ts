// Orderly ends on SIGINT and SIGTERM, for the commands that wait (spec/cli.md, "Interruption").
//
// Without a handler a signal ends the process at once, which every command survives; with one it would have to wait for
// the end of synchronous work. So handlers are installed only by commands that idle: `read --follow`, `post --lines`.

/** Thrown when the person pressed Ctrl-C at a prompt; `main` exits 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Exit statuses by signal. */
export const EXIT_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** The signals of this process as an AbortSignal; `exit()` is the status once one came. */
export interface Interruption {
  readonly signal: AbortSignal;
  exit(): number | undefined;
}

/** Starts to listen; a second signal of the same kind ends the process at once. */
export function listenForInterrupt(): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      status ??= EXIT_OF_SIGNAL[name];
      controller.abort();
    });
  }
  return { signal: controller.signal, exit: () => status };
}
