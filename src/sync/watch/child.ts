// A child process that is never waited for longer than it is worth: what touches a drive may hang there for ever
// (spec/drive.md, "Watching").

/** So much of each of its outputs is kept. */
const OUTPUT_MAX = 16_777_216;
/** Between asking it to end, ending it, and leaving it to its fate. */
const GRACE_MS = 5_000;

/** Node's timers end at once when they are set for longer. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

/** How it ended; `status` is null after a signal and when it could not be started. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Ended by us: its time was up. */
  readonly isLate: boolean;
  /** Why it could not be started. */
  readonly error?: NodeJS.ErrnoException | undefined;
}

/** What to run, and for how long. */
export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  readonly limitMs: number;
  /** So long it may print nothing. */
  readonly idleMs?: number | undefined;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** `keep` what it prints (the default), pass it to our `stderr`, or `drop` it. */
  readonly output?: 'keep' | 'stderr' | 'drop' | undefined;
  /** With all the processes it starts, where the system has such groups. */
  readonly isGroup?: boolean | undefined;
  /** An open file that it reads; absent: nothing. */
  readonly stdin?: number | undefined;
  /** Is given what it prints, which then is not kept. What this throws ends it, and is thrown. */
  readonly each?: ((bytes: Buffer) => void) | undefined;
}

/** Runs a program to its end, or to ours; never rejects but with what `each` throws. */
export async function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<Ended> {
  // in one bundled file a plain import would be loaded by every command
  const { spawn } = await import('node:child_process');
  const { env, cwd, limitMs, signal, output = 'keep', isGroup = false, stdin = 'ignore' } = options;
  const stdio = output === 'keep' ? 'pipe' : output === 'stderr' ? 2 : 'ignore';
  const detached = isGroup && process.platform !== 'win32';
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, detached, stdio: [stdin, stdio, stdio], windowsHide: true });
    const timers: NodeJS.Timeout[] = [];
    let isLate = false;
    let thrown: { readonly error: unknown } | undefined;
    const kill = (name: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        if (detached) process.kill(-child.pid, name);
        else child.kill(name);
      } catch {
        // it has ended by itself
      }
    };
    const end = (): void => {
      kill('SIGTERM');
      timers.push(setTimeout(() => kill('SIGKILL'), GRACE_MS));
      timers.push(setTimeout(() => finish(null), 2 * GRACE_MS));
    };
    const tooLate = (): void => {
      isLate = true;
      end();
    };
    const idle = options.idleMs === undefined ? undefined : setTimeout(tooLate, options.idleMs);
    if (idle) timers.push(idle);
    const pass = (each: (bytes: Buffer) => void, bytes: Buffer): void => {
      idle?.refresh();
      if (thrown || isLate) return;
      try {
        each(bytes);
      } catch (error) {
        thrown = { error };
        end();
      }
    };
    const { each } = options;
    if (each) child.stdout?.on('data', (bytes: Buffer) => pass(each, bytes));
    const stdout = each ? () => '' : gather(child.stdout);
    const stderr = gather(child.stderr);
    const finish = (status: number | null, failure?: Error): void => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      // one that does not even die is stuck in the kernel: nothing of ours waits for it
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      if (thrown) reject(thrown.error);
      else resolve({ status, stdout: stdout(), stderr: failure ? failure.message : stderr(), isLate, error: failure });
    };
    timers.push(setTimeout(tooLate, Math.min(limitMs, TIMER_MAX_MS)));
    child.once('error', (error) => finish(null, error));
    child.once(output === 'keep' ? 'close' : 'exit', (status: number | null) => {
      // what it left running has to end too
      if (detached && (isLate || thrown)) kill('SIGKILL');
      finish(status);
    });
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}

function gather(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= OUTPUT_MAX) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
