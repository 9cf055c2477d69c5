// The targets that were set before anything was measured, and whether this run met them.
import { NODE } from './operation.js';
import { HYPERCORE_EACH } from './peers.js';
import { KEYLESS, PRIVATE } from './private.js';
import { formatBytes, formatRatio, type Measured, markdownTable, type Report, ratio, resultOf } from './report.js';
import { SEALED } from './satchel.js';

/** One target; `isMet` is undefined when the run says nothing of it. */
export interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly isMet: boolean | undefined;
}

const MESSAGES = 100_000;
/** Processor times come in steps of 10 ms: a ratio to less says nothing. */
const CPU_MIN_MS = 50;
const MEMORY_MAX = 200e6;
const START = 'start (--version)';

/** All targets with what a run says of them. */
export function targetsOf(report: Report): Target[] {
  const standard = report.measured.filter(({ workload }) => workload === 'standard');
  const main = standard.find(({ messages }) => messages === MESSAGES) ?? standard.at(-1);
  const largest = standard.at(-1);
  const ofStandard =
    main && largest
      ? [
          ...speedTargets(main),
          ...sizeTargets(main),
          ...startTargets(largest),
          ...growthTargets(standard),
          ...memoryTargets(largest),
        ]
      : [];
  const twice = report.measured.filter(({ workload }) => workload === 'private').at(-1);
  return [...ofStandard, ...(twice ? privateTargets(twice) : [])];
}

/** They as a Markdown table. */
export function targetTable(targets: readonly Target[]): string {
  const verdict = ({ isMet }: Target): string => (isMet === undefined ? 'not measured' : isMet ? 'met' : '**missed**');
  return markdownTable(
    ['', 'target', 'measured', ''],
    targets.map((target) => [target.what, target.target, target.measured, verdict(target)]),
  );
}

function speedTargets(main: Measured): Target[] {
  const n = count(main);
  const asFast = (operation: string, tool: string): Ratios => ratios(main, [operation, tool], [operation]);
  const nodes = (operation: string): Ratios => ratios(main, [operation], [operation, NODE]);
  const sealed = (operation: string): Ratios => ratios(main, [operation, SEALED], [operation]);
  return [
    atLeast(`import into empty, ${n}`, 'at least 3 times as fast as git fetch', asFast('import into empty', 'git'), 3),
    atLeast(`full export, ${n}`, 'at least 5 times as fast as git bundle create', asFast('full export', 'git'), 5),
    atMost(`full export, sealed, ${n}`, 'at most 1.3 times an open one', sealed('full export'), 1.3),
    atMost(`import, sealed, ${n}`, 'at most 1.15 times an open one', sealed('import into empty'), 1.15),
    atMost(`1 % delta export, ${n}`, 'at most 3 times node -e 0', nodes('1 % delta export'), 3),
    atMost(`1 % delta import, ${n}`, 'at most 3 times node -e 0', nodes('1 % delta import'), 3),
    besides(
      atLeast(`append all, ${n}`, "faster than hypercore's batch append", asFast('append all', 'hypercore'), 1),
      `against a process each ${formatRatio(asFast('append all', HYPERCORE_EACH).value)}`,
    ),
  ];
}

/** A target as it was set, and what else there is to know of what was measured. */
function besides(target: Target, more: string): Target {
  return { ...target, measured: `${target.measured}; ${more}` };
}

function sizeTargets(main: Measured): Target[] {
  const n = count(main);
  const bundle = resultOf(main, 'full export')?.bytes;
  const disk = resultOf(main, 'import into empty')?.bytes;
  const against = (operation: string): number | undefined =>
    ratio(resultOf(main, operation)?.bytes, resultOf(main, operation, 'git')?.bytes);
  return [
    atMost(`bundle, ${n}`, 'no larger than gzip -6 of the NDJSON', ratio(bundle, main.gzipBytes), 1),
    atMost(`bundle, ${n}`, "at most a third of git's", against('full export'), 1 / 3),
    atMost(`1 % delta bundle, ${n}`, "at most half of git's", against('1 % delta export'), 1 / 2),
    atMost(`disk after import, ${n}`, 'at most 1.2 times the bundle', ratio(disk, bundle), 1.2),
  ];
}

function startTargets(largest: Measured): Target[] {
  return ['read -n 50', 'post one', 'status'].map((operation) => {
    const measured = ratios(largest, [operation], [operation, NODE]);
    const target = atMost(`${operation}, ${count(largest)}`, 'at most 2.2 times node -e 0', measured, 2.2);
    return operation === 'read -n 50' ? besides(target, `the first time ${firstRead(largest)}`) : target;
  });
}

function firstRead(largest: Measured): string {
  const operation = 'first read -n 50';
  return formatRatio(ratios(largest, [operation], [operation, NODE]).value);
}

/** What privacy costs, against the same conversation in the open. */
function privateTargets(twice: Measured): Target[] {
  const n = count(twice);
  const against = (operation: string, tool: string): Ratios => ratios(twice, [operation, tool], [operation]);
  return [
    atMost(
      `import of a private topic without its keys, ${n}`,
      'at most 1.6 times an open one',
      against('import into empty', KEYLESS),
      1.6,
    ),
    atMost(`read -n 50 in private, ${n}`, 'at most 1.3 times in the open', against('read -n 50', PRIVATE), 1.3),
  ];
}

/** Growth is that of the work: what it takes to start the program does not grow, and is taken off. */
function growthTargets(standard: readonly Measured[]): Target[] {
  const span = `${count(standard[0])} to ${count(standard.at(-1))}`;
  const exponent = (operation: string): number | undefined =>
    fittedExponent(standard.map((one) => [one.messages, work(one, operation)]));
  const flat = (operation: string): number | undefined =>
    standard.length < 2 ? undefined : ratio(relative(standard.at(-1), operation), relative(standard[0], operation));
  return [
    ...['import into empty', 'full export', 'check --all'].map((operation) =>
      atMost(`growth of ${operation}, ${span}`, 'exponent at most 1.05', exponent(operation), 1.05),
    ),
    ...['read -n 50', 'post one', 'status'].map((operation) =>
      atMost(`growth of ${operation}, ${span}`, 'flat: at most 1.15 times', flat(operation), 1.15),
    ),
  ];
}

function memoryTargets(largest: Measured): Target[] {
  return ['import into empty', 'full export'].map((operation) => {
    const peak = resultOf(largest, operation)?.peakBytes;
    const base = { what: `peak memory of ${operation}, ${count(largest)}`, target: 'at most 200 MB' };
    return { ...base, measured: formatBytes(peak), isMet: peak === undefined ? undefined : peak <= MEMORY_MAX };
  });
}

/** The slope of a line through the points, both axes logarithmic. */
function fittedExponent(points: readonly (readonly [number, number | undefined])[]): number | undefined {
  const logs = points.flatMap(([x, y]) => (y === undefined ? [] : [[Math.log(x), Math.log(y)] as const]));
  if (logs.length < 2) return undefined;
  const mean = (of: 0 | 1): number => logs.reduce((sum, point) => sum + point[of], 0) / logs.length;
  const x = mean(0);
  const y = mean(1);
  const above = logs.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / logs.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function time(measured: Measured, operation: string, tool?: string): number | undefined {
  return resultOf(measured, operation, tool)?.medianMs;
}

function work(measured: Measured, operation: string): number | undefined {
  const all = time(measured, operation);
  const start = time(measured, START);
  return all === undefined || start === undefined ? undefined : Math.max(1, all - start);
}

function relative(measured: Measured | undefined, operation: string): number | undefined {
  return measured && ratio(time(measured, operation), time(measured, operation, NODE));
}

/** A ratio of times and, to tell what a busy machine did to it, of processor times. */
interface Ratios {
  readonly value: number | undefined;
  readonly cpu: number | undefined;
}

type Which = readonly [operation: string, tool?: string];

function ratios(measured: Measured, above: Which, below: Which): Ratios {
  const a = resultOf(measured, ...above);
  const b = resultOf(measured, ...below);
  const isMeasurable = (b?.cpuMs ?? 0) >= CPU_MIN_MS;
  return { value: ratio(a?.medianMs, b?.medianMs), cpu: isMeasurable ? ratio(a?.cpuMs, b?.cpuMs) : undefined };
}

function atLeast(what: string, target: string, given: Ratios, limit: number): Target {
  const isMet = given.value === undefined ? undefined : given.value >= limit;
  return { what, target, measured: formatRatios(given), isMet };
}

function atMost(what: string, target: string, given: Ratios | number | undefined, limit: number): Target {
  const all = typeof given === 'object' ? given : { value: given, cpu: undefined };
  const isMet = all.value === undefined ? undefined : all.value <= limit;
  return { what, target, measured: formatRatios(all), isMet };
}

function formatRatios({ value, cpu }: Ratios): string {
  return cpu === undefined ? formatRatio(value) : `${formatRatio(value)} (processor ${formatRatio(cpu)})`;
}

function count(measured: Measured | undefined): string {
  const messages = measured?.messages ?? 0;
  return messages >= 1e6 ? `${messages / 1e6}M` : `${messages / 1e3}k`;
}
