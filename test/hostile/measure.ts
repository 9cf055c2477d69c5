// Runs the built program once, and says what it took: processor time of the process and all its children to their last
// moment, as the kernel adds it up (in steps of 10 ms), and the most memory that they had, added up.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = process.cwd();
const PROGRAM = path.join(ROOT, 'dist', 'satchel.cjs');
const PROBE = path.join(ROOT, 'test', 'hostile', 'probe.cjs');
const CALIBRATION = path.join(ROOT, 'test', 'hostile', 'calibration.cjs');
const TICK_MS = 10;
/** Where the times of children stand in /proc/self/stat, behind the name in brackets. */
const CHILDREN_USER = 13;
const CHILDREN_SYSTEM = 14;

/** What a run took, and how it ended. */
export interface Taken {
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly status: number | null;
  readonly output: string;
}

/** Where and with what it runs. */
export interface Surroundings {
  readonly cwd: string;
  /** The file that is its standard input. */
  readonly stdin?: string | undefined;
}

/** Runs it to its end. @throws Error when it left no word of its memory */
export function measure(args: readonly string[], { cwd, stdin }: Surroundings): Taken {
  const probe = path.join(cwd, 'probe');
  fs.rmSync(probe, { force: true });
  const input = stdin === undefined ? 'ignore' : fs.openSync(stdin, 'r');
  const before = childrenMs();
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    ...{ cwd, stdio: [input, 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 2 ** 30 },
    env: environment(cwd, probe),
  });
  const cpuMs = childrenMs() - before;
  if (typeof input === 'number') fs.closeSync(input);
  return { cpuMs, peakBytes: peakIn(probe), status, output: stdout + stderr };
}

function environment(cwd: string, probe: string): NodeJS.ProcessEnv {
  const own = { PATH: process.env['PATH'] ?? '', HOME: cwd, TZ: 'UTC', NODE_OPTIONS: `--require=${PROBE}` };
  return { ...own, HOSTILE_PROBE: probe, SATCHEL_STATE_DIR: path.join(cwd, 'state') };
}

function peakIn(probe: string): number {
  const words = fs.existsSync(probe) ? fs.readFileSync(probe, 'latin1').trim().split('\n') : [];
  if (words.length === 0) throw new Error('the program ended without a word of its memory');
  return words.reduce((sum, kib) => sum + Number(kib) * 1_024, 0);
}

const measured: number[] = [];

/** What calibration.cjs takes here and now, ms of processor time. */
export function calibrate(): number {
  const ms = Math.round(Number(execFileSync(process.execPath, [CALIBRATION], { encoding: 'utf8' })));
  if (!(ms > 0)) throw new Error('the machine could not be measured');
  measured.push(ms);
  return ms;
}

/** Everything that {@link calibrate} gave. */
export function calibrations(): readonly number[] {
  return measured;
}

/** Processor time of all children that ended, and of theirs. */
export function childrenMs(): number {
  const stat = fs.readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[CHILDREN_USER]) + Number(fields[CHILDREN_SYSTEM])) * TICK_MS;
}
