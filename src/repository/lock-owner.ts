// Who holds a lock, and whether that process is still there, as far as it can be told from here (spec/repository.md, "Lock").
import { hash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';

/** A process as its lock names it; what a system does not tell is empty. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's ticks: tells it from a later one of the same pid. */
  readonly started: string;
  /** Which start of the kernel it was. */
  readonly boot: string;
  /** In which namespace its pid counts. */
  readonly space: string;
  /** A hash that stays the same over starts of the machine. */
  readonly machine: string;
  /** When it took the lock, ms. */
  readonly taken: number;
}

/** What can be told of a lock's owner: it is there, it is gone, or nobody can tell from here. */
export type Verdict = 'alive' | 'gone' | 'unknown';

let here: Omit<Owner, 'taken'> | undefined;

/** This process as an owner; it is asked for at every commit, and stays the same. */
export function thisProcess(): Omit<Owner, 'taken'> {
  here ??= {
    ...{ pid: process.pid, host: os.hostname(), started: startedAt(process.pid) },
    boot: told(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    space: told(() => fs.readlinkSync('/proc/self/ns/pid')),
    machine: told(() => hash('sha256', fs.readFileSync('/etc/machine-id'), 'hex').slice(0, 16)),
  };
  return here;
}

/** Whether it is this very process. */
export function isThisProcess({ pid, host, started, boot, space }: Owner): boolean {
  const me = thisProcess();
  return pid === me.pid && host === me.host && started === me.started && boot === me.boot && space === me.space;
}

/** Whether the owner's process is there. */
export function judgeOwner({ pid, host, started, boot, space, machine }: Owner): Verdict {
  const me = thisProcess();
  if (host !== me.host) return 'unknown';
  // nothing outlives the machine's start
  if (boot !== me.boot) return machine !== '' && machine === me.machine && boot !== '' ? 'gone' : 'unknown';
  if (space !== me.space) return 'unknown';
  return isAlive(pid) && startedAt(pid) === started ? 'alive' : 'gone';
}

/** The owner that a lock's bytes name; undefined when they name nobody. */
export function parseOwner(bytes: Buffer): Owner | undefined {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as Partial<Owner> | null;
    if (typeof value?.pid !== 'number' || typeof value.host !== 'string') return undefined;
    const { pid, host, started = '', boot = '?', space = '?', machine = '', taken = 0 } = value;
    return { pid, host, started, boot, space, machine, taken };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startedAt(pid: number): string {
  return told(() => {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the command's name, in parentheses, may contain spaces: fields count from behind it
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
