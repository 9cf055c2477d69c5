// An operation is something that several tools can do with the same messages; it is measured in all of them in
// alternation, so that whatever else the machine does falls on all of them alike.
import { type Command, MEASURES_USAGE, measure, settle, type Taken } from './measure.js';

/** How one tool does it. */
export interface Step {
  /** Before every run, not measured. */
  readonly prepare?: (() => void) | undefined;
  /** One after the other; their times are added up. */
  readonly commands: readonly Command[];
  /** After every run: bytes of what it made. */
  readonly bytes?: (() => number) | undefined;
}

/** One operation in all tools that have it. */
export interface Operation {
  readonly name: string;
  readonly steps: Readonly<Record<string, Step>>;
}

/** What one tool took for one operation. */
export interface Result {
  readonly operation: string;
  readonly tool: string;
  /** Of each run. */
  readonly ms: readonly number[];
  readonly medianMs: number;
  /** Median of what all threads of all cores worked: says more than `medianMs` when others use the machine too. */
  readonly cpuMs: number | undefined;
  readonly peakBytes: number | undefined;
  readonly bytes: number | undefined;
}

/** The tool that does nothing: what starting a process costs. */
export const NODE = 'node -e 0';
const NOTHING: Step = { commands: [{ argv: [process.execPath, '-e', '0'] }] };

/** Measures an operation so many times in every tool, each time in another order. */
export function runOperation(operation: Operation, runs: number): Result[] {
  const steps = Object.entries<Step>({ ...operation.steps, [NODE]: NOTHING });
  const gathered = steps.map(([tool, step]) => ({
    tool,
    step,
    taken: [] as Taken[],
    bytes: undefined as number | undefined,
  }));
  for (let run = 0; run < runs; run++) {
    const turned = [...gathered.slice(run % gathered.length), ...gathered.slice(0, run % gathered.length)];
    for (const one of turned) {
      one.taken.push(runStep(one.step));
      one.bytes = one.step.bytes?.();
    }
  }
  return gathered.map(({ tool, taken, bytes }) => ({ operation: operation.name, tool, bytes, ...summaryOf(taken) }));
}

function summaryOf(taken: readonly Taken[]): Pick<Result, 'ms' | 'medianMs' | 'cpuMs' | 'peakBytes'> {
  const ms = taken.map((one) => one.ms);
  const cpu = taken.flatMap(({ cpuMs }) => cpuMs ?? []);
  const peaks = taken.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    ms,
    medianMs: median(ms),
    cpuMs: cpu.length > 0 ? median(cpu) : undefined,
    peakBytes: peaks.length > 0 ? Math.max(...peaks) : undefined,
  };
}

/** The middle one; of an even number the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}

/** Of several commands the times are added up; the memory is that of the one that needed most. */
function runStep({ prepare, commands }: Step): Taken {
  prepare?.();
  settle();
  const taken = commands.map(measure);
  const sum = (values: readonly (number | undefined)[]): number => values.reduce<number>((a, b) => a + (b ?? 0), 0);
  return {
    ms: sum(taken.map(({ ms }) => ms)),
    cpuMs: MEASURES_USAGE ? sum(taken.map(({ cpuMs }) => cpuMs)) : undefined,
    peakBytes: MEASURES_USAGE ? Math.max(...taken.map(({ peakBytes }) => peakBytes ?? 0)) : undefined,
  };
}
