// `npm run hostile`: every case of the corpus through the built program; prints what the worst of each kind took, and ends
// with 1 when a limit is passed or a case ends otherwise than listed. Names of kinds as arguments run only those.
import type { HostileCase, Kind } from './case.js';
import { CORPUS } from './corpus.js';
import {
  type Cost,
  CPU_MAX_MS,
  costOf,
  isOver,
  type Judged,
  median,
  PEAK_MAX_BYTES,
  REFERENCE_MS,
  scaled,
} from './judge.js';
import { SEALED } from './kinds/sealed.js';
import { calibrations, childrenMs, type Taken } from './measure.js';
import { Scene } from './scene.js';

const START_RUNS = 5;
const TRACE = /^\s+at .+:\d+:\d+\)?$/m;

/** The most that any command of a kind took. */
interface Worst extends Cost {
  readonly slowest: string;
  readonly largest: string;
}

const NOTHING: Worst = { cpuMs: 0, peakBytes: 0, slowest: '', largest: '' };

/** What is known while cases run. */
interface Run {
  readonly scene: Scene;
  readonly startMs: number;
}

/** What came of a case or of all of a kind. */
interface Told {
  readonly worst: Worst;
  readonly complaints: readonly string[];
}

async function main(names: readonly string[]): Promise<number> {
  const began = Date.now();
  const kinds = CORPUS.filter(({ name }) => names.length === 0 || names.includes(name));
  const scene = await Scene.open();
  try {
    const complaints = runAll(kinds, scene);
    for (const complaint of complaints) console.error(`\n${complaint}`);
    conclude(complaints.length, Date.now() - began);
    return complaints.length === 0 ? 0 : 1;
  } finally {
    scene.close();
  }
}

function runAll(kinds: readonly Kind[], scene: Scene): string[] {
  const starts = Array.from({ length: START_RUNS }, () => scene.start());
  const startMs = median(starts.map(({ cpuMs }) => cpuMs));
  const startBytes = median(starts.map(({ peakBytes }) => peakBytes));
  console.log(`start of the program: ${startMs} ms of processor time, ${mib(startBytes)} MiB\n`);
  console.log(row(['kind', 'cases', 'worst ms', 'worst MiB', 'slowest; largest']));
  const sound: string[] = [];
  const complaints = kinds.flatMap((kind) => runKind(kind, { scene, startMs }, sound));
  for (const line of sound) console.log(`nothing in it is refused: ${line}`);
  return complaints;
}

function runKind(kind: Kind, run: Run, sound: string[]): string[] {
  const complaints: string[] = [];
  let worst = NOTHING;
  for (const one of kind.cases) {
    const told = runCase(kind, one, run);
    if (one.isSound) sound.push(`${told.worst.slowest}: ${told.worst.cpuMs} ms, ${mib(told.worst.peakBytes)} MiB`);
    else worst = worseOf(worst, told.worst);
    complaints.push(...told.complaints.map((text) => `${kind.name}: ${one.name}: ${text}`));
  }
  const { cpuMs, peakBytes, slowest, largest } = worst;
  const which = slowest === largest ? slowest : `${slowest}; ${largest}`;
  console.log(row([kind.name, String(kind.cases.length), String(cpuMs), mib(peakBytes), which]));
  return complaints;
}

function runCase(kind: Kind, one: HostileCase, { scene, startMs }: Run): Told {
  const content = one.content();
  const { cpuMaxMs } = kind;
  const complaints: string[] = [];
  let worst = NOTHING;
  let file = scene.prepare(kind, one, content);
  for (const [i, run] of one.runs.entries()) {
    const first = scene.run(kind, run, file);
    const again = (): Taken => {
      file = scene.restore(kind, one, content);
      // only what was taken before makes a difference
      if (one.isTaken) for (const before of one.runs.slice(0, i)) scene.run(kind, before, file);
      return scene.run(kind, run, file);
    };
    const { cost, last } = one.isSound ? onceOf(first, startMs) : costOf(first, again, { startMs, cpuMaxMs });
    const command = `${run.args[0]}: ${one.name}`;
    worst = worseOf(worst, { ...cost, slowest: command, largest: command });
    const wrong = [...endOf(last, run.exit), ...(one.isSound ? memoryOf(cost) : limitsOf(cost, cpuMaxMs))];
    complaints.push(...wrong.map((text) => `${run.args.join(' ').slice(0, 60)}: ${text}`));
  }
  return { worst, complaints: [...complaints, ...scene.complaints(one)] };
}

function onceOf(last: Taken, startMs: number): Judged {
  return { cost: scaled(last, startMs), last };
}

function endOf({ status, output }: Taken, exit: number): string[] {
  return [
    ...(status === exit ? [] : [`ends with ${status} and not ${exit}: ${output.slice(0, 300)}`]),
    ...(TRACE.test(output) ? ['prints a stack trace'] : []),
  ];
}

function limitsOf(cost: Cost, cpuMaxMs: number | undefined): string[] {
  return isOver(cost, cpuMaxMs) ? [`takes ${cost.cpuMs} ms above a start, and ${mib(cost.peakBytes)} MiB`] : [];
}

function memoryOf({ peakBytes }: Cost): string[] {
  return peakBytes > PEAK_MAX_BYTES ? [`takes ${mib(peakBytes)} MiB`] : [];
}

function worseOf(a: Worst, b: Worst): Worst {
  const slow = b.cpuMs > a.cpuMs ? b : a;
  const large = b.peakBytes > a.peakBytes ? b : a;
  return { cpuMs: slow.cpuMs, slowest: slow.slowest, peakBytes: large.peakBytes, largest: large.largest };
}

function conclude(complaints: number, elapsedMs: number): void {
  const speeds = calibrations().toSorted((a, b) => a - b);
  const said = speeds.length === 0 ? 'not measured' : `${speeds[0]} to ${speeds.at(-1)} ms, mostly ${median(speeds)}`;
  console.log(`\nms are processor time above a start, on a machine where calibration.cjs takes ${REFERENCE_MS} ms`);
  console.log(`here, measured behind each run of more than 200 ms, it took: ${said}`);
  console.log('run once, and three times where it takes more than two fifths of a limit: then the median counts');
  console.log('what passed a limit was measured up to twice more, and the lowest median counts');
  console.log(
    `all of it took ${Math.round(elapsedMs / 1_000)} s, ${Math.round(childrenMs() / 1_000)} s of processor time`,
  );
  const all = complaints === 0 ? 'all' : 'NOT all';
  console.log(
    `${all} within ${CPU_MAX_MS} ms above a start, sealed files within ${SEALED.cpuMaxMs} ms, and ${mib(PEAK_MAX_BYTES)} MiB`,
  );
}

function row([kind = '', cases = '', ms = '', mebibytes = '', which = '']: readonly string[]): string {
  return `${kind.padEnd(14)} ${cases.padStart(5)} ${ms.padStart(9)} ${mebibytes.padStart(10)}  ${which}`;
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0);
}

process.exitCode = await main(process.argv.slice(2));
