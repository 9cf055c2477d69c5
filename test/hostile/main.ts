// `npm run hostile`: every case of the corpus through the built program; prints what the worst of each kind took, and ends
// with 1 when a limit is passed or a case ends otherwise than listed. Names of kinds as arguments run only those.
import type { HostileCase, Kind } from './case.js';
import { CORPUS } from './corpus.js';
import { childrenMs, type Taken } from './measure.js';
import { Scene } from './scene.js';

/** Processor time above a start that a command may take ... */
const CPU_MAX_MS = 1_000;
/** ... and memory. */
const PEAK_MAX_BYTES = 200 * 1_048_576;
/** What takes more than this share of a limit is run three times, and its median counts; cheaper runs count at once. */
const SHARE = 0.2;
const START_RUNS = 5;
const TRACE = /^\s+at .+:\d+:\d+\)?$/m;

/** The most that any command of a kind took. */
interface Worst {
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly slowest: string;
  readonly largest: string;
}

const NOTHING: Worst = { cpuMs: 0, peakBytes: 0, slowest: '', largest: '' };

function main(names: readonly string[]): number {
  const kinds = CORPUS.filter(({ name }) => names.length === 0 || names.includes(name));
  const scene = new Scene();
  try {
    return runAll(kinds, scene);
  } finally {
    scene.close();
  }
}

function runAll(kinds: readonly Kind[], scene: Scene): number {
  const start = median(Array.from({ length: START_RUNS }, () => scene.start()));
  console.log(`start of the program: ${start.cpuMs} ms of processor time, ${mib(start.peakBytes)} MiB\n`);
  console.log(row(['kind', 'cases', 'worst ms', 'worst MiB', 'slowest; largest']));
  const complaints: string[] = [];
  const sound: string[] = [];
  for (const kind of kinds) {
    let worst = NOTHING;
    for (const one of kind.cases) {
      const told = runCase(kind, one, { scene, start });
      if (one.isSound) sound.push(`${told.worst.slowest}: ${told.worst.cpuMs} ms, ${mib(told.worst.peakBytes)} MiB`);
      else worst = worseOf(worst, told.worst);
      complaints.push(...told.complaints.map((text) => `${kind.name}: ${one.name}: ${text}`));
    }
    const { cpuMs, peakBytes, slowest, largest } = worst;
    const which = slowest === largest ? slowest : `${slowest}; ${largest}`;
    console.log(row([kind.name, String(kind.cases.length), String(cpuMs), mib(peakBytes), which]));
  }
  for (const line of sound) console.log(`nothing in it is refused: ${line}`);
  for (const complaint of complaints) console.error(`\n${complaint}`);
  console.log(`\nrun once, and three times where it takes more than a fifth of a limit: then the median counts`);
  console.log(`the commands took ${Math.round(childrenMs() / 1_000)} s of processor time`);
  console.log(
    `${complaints.length === 0 ? 'all' : 'NOT all'} within ${CPU_MAX_MS} ms above a start and ${mib(PEAK_MAX_BYTES)} MiB`,
  );
  return complaints.length === 0 ? 0 : 1;
}

interface Told {
  readonly worst: Worst;
  readonly complaints: readonly string[];
}

function runCase(kind: Kind, one: HostileCase, { scene, start }: { scene: Scene; start: Taken }): Told {
  const content = one.content();
  const complaints: string[] = [];
  let worst = NOTHING;
  let file = scene.prepare(kind, one, content);
  for (const [i, run] of one.runs.entries()) {
    const again = (): Taken => {
      file = scene.prepare(kind, one, content);
      // only what was taken before makes a difference
      if (one.isTaken) for (const before of one.runs.slice(0, i)) scene.run(kind, before, file);
      return scene.run(kind, run, file);
    };
    const first = scene.run(kind, run, file);
    const taken = isCheap(first, start) ? first : median([first, again(), again()]);
    const command = `${run.args[0]}: ${one.name}`;
    const cpuMs = Math.max(0, taken.cpuMs - start.cpuMs);
    worst = worseOf(worst, { cpuMs, peakBytes: taken.peakBytes, slowest: command, largest: command });
    complaints.push(
      ...complaintsOf(taken, run.exit, one.isSound ? 0 : cpuMs).map(
        (text) => `${run.args.join(' ').slice(0, 60)}: ${text}`,
      ),
    );
  }
  return { worst, complaints: [...complaints, ...scene.complaints(one)] };
}

function complaintsOf({ status, output, peakBytes }: Taken, exit: number, cpuMs: number): string[] {
  return [
    ...(status === exit ? [] : [`ends with ${status} and not ${exit}: ${output.slice(0, 300)}`]),
    ...(TRACE.test(output) ? ['prints a stack trace'] : []),
    ...(cpuMs > CPU_MAX_MS ? [`takes ${cpuMs} ms above a start`] : []),
    ...(peakBytes > PEAK_MAX_BYTES ? [`takes ${mib(peakBytes)} MiB`] : []),
  ];
}

function isCheap({ cpuMs, peakBytes }: Taken, start: Taken): boolean {
  const memory = peakBytes - start.peakBytes < SHARE * (PEAK_MAX_BYTES - start.peakBytes);
  return cpuMs - start.cpuMs < SHARE * CPU_MAX_MS && memory;
}

/** Each number's own median; how it ended is that of the last one. */
function median(all: readonly Taken[]): Taken {
  const middle = (numbers: readonly number[]): number =>
    numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
  const [last] = all.slice(-1);
  if (!last) throw new Error('nothing was run');
  return {
    ...last,
    cpuMs: middle(all.map(({ cpuMs }) => cpuMs)),
    peakBytes: middle(all.map(({ peakBytes }) => peakBytes)),
  };
}

function worseOf(a: Worst, b: Worst): Worst {
  const [slow, large] = [b.cpuMs > a.cpuMs ? b : a, b.peakBytes > a.peakBytes ? b : a];
  return { cpuMs: slow.cpuMs, slowest: slow.slowest, peakBytes: large.peakBytes, largest: large.largest };
}

function row([kind = '', cases = '', ms = '', mebibytes = '', which = '']: readonly string[]): string {
  return `${kind.padEnd(14)} ${cases.padStart(5)} ${ms.padStart(9)} ${mebibytes.padStart(10)}  ${which}`;
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0);
}

process.exitCode = main(process.argv.slice(2));
