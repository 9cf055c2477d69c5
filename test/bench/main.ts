// npm run bench: how fast the built program is, against others on the same messages, and whether that is fast enough.
// --stores (what drives at a URL cost, and nothing else)
// --sizes 10000,100000  --large (1M too)  --peers  --runs N  --large-runs N  --only standard,private,many-logs,mails  --many LOGS
// --write-docs
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildWorkload } from './build.js';
import { chartOf } from './chart.js';
import { gitSteps } from './git.js';
import { hasMails, mailsWorkload } from './mails.js';
import { MEASURES_USAGE } from './measure.js';
import { type Operation, type Result, runOperation, type Step } from './operation.js';
import { pageOf } from './page.js';
import { preparePeers } from './peers.js';
import { copy, type Places, placesOf, readFacts } from './places.js';
import { privateSteps } from './private.js';
import { type Measured, type Report, resultTable } from './report.js';
import { satchelSteps } from './satchel.js';
import { type StoreCost, storesSection } from './stores.js';
import { targetsOf, targetTable } from './targets.js';
import { manyLogsWorkload, privateWorkload, standardWorkload, type Workload } from './workload.js';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000' },
    large: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    runs: { type: 'string' },
    'large-runs': { type: 'string' },
    only: { type: 'string', default: 'standard,private,mails,many-logs' },
    many: { type: 'string', default: '10000' },
    stores: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
    build: { type: 'string' },
  },
});
const CACHE = path.resolve('node_modules/.cache/satchel-bench');
/** What drives at a URL cost, beside the report. */
const STORES = 'performance-stores.json';
const PEER_LOGS_MAX = 100;
const PEER_MESSAGES_MAX = 100_000;
const PRIVATE_MAX = 100_000;
const RUNS: Readonly<Record<number, number>> = { 10000: 9, 100000: 5, 1000000: 3 };

if (values.build !== undefined) await build(values.build);
else if (values.stores) countStores();
else main();

/** Builds one workload, in a process of its own. */
async function build(name: string): Promise<void> {
  await buildWorkload(workloadOf(name), placesOf(CACHE, name));
}

function main(): void {
  const load = os.loadavg()[0] ?? 0;
  const notes: string[] = MEASURES_USAGE
    ? []
    : ['peak memory and processor time, because /usr/bin/time is missing (Debian: time)'];
  if (values.only.includes('mails') && !hasMails()) notes.push('real mails: run "npm ci --prefix test/mails"');
  dropOldBuilds();
  // somebody may build another one meanwhile
  copy('dist', path.join(CACHE, 'dist'));
  const program = path.join(CACHE, 'dist', 'satchel.cjs');
  const base: Omit<Report, 'measured'> = {
    machine: `${os.cpus().length} x ${os.cpus()[0]?.model}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}`,
    versions: {
      satchel: versionOf('git', ['describe', '--always', '--dirty']),
      node: process.version,
      git: versionOf('git', ['--version']),
    },
    date: new Date().toISOString().slice(0, 10),
    runs: process.argv
      .slice(2)
      .filter((word) => word !== '--write-docs')
      .join(' '),
    load,
    notes,
  };
  const measured: Measured[] = [];
  for (const name of workloadNames()) {
    measured.push(measureWorkload(name, program, notes));
    // each as it is there: a run takes long, and may be ended
    publish({ ...base, measured });
  }
  console.log(`\nTargets\n${targetTable(targetsOf({ ...base, measured }))}`);
  for (const note of notes) console.log(`NOT MEASURED: ${note}`);
}

function workloadNames(): string[] {
  const only = values.only.split(',');
  const sizes = [...values.sizes.split(',').map(Number), ...(values.large ? [1_000_000] : [])];
  return [
    ...(only.includes('standard') ? sizes.map((size) => `standard-${size}`) : []),
    ...(only.includes('private') ? sizes.filter((size) => size <= PRIVATE_MAX).map((size) => `private-${size}`) : []),
    ...(only.includes('mails') && hasMails() ? [mailsWorkload().name] : []),
    ...(only.includes('many-logs') ? [`many-logs-${values.many}`] : []),
  ];
}

function workloadOf(name: string): Workload {
  const kind = name.replace(/-\d+$/, '');
  const size = Number(/\d+$/.exec(name)?.[0]);
  if (kind === 'standard') return standardWorkload(size);
  if (kind === 'private') return privateWorkload(size);
  if (kind === 'many-logs') return manyLogsWorkload(size);
  if (kind === 'mails') return mailsWorkload();
  throw new Error(`no workload "${name}"`);
}

/** Repositories that another version of the program has built are of no use. */
function dropOldBuilds(): void {
  const digest = createHash('sha256')
    .update(fs.readFileSync(process.argv[1] ?? ''))
    .digest('hex');
  const stamp = path.join(CACHE, 'built-by');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === digest) return;
  fs.rmSync(CACHE, { recursive: true, force: true });
  fs.mkdirSync(CACHE, { recursive: true });
  fs.writeFileSync(stamp, digest);
}

function measureWorkload(name: string, program: string, notes: string[]): Measured {
  const places = placesOf(CACHE, name);
  const workload = workloadOf(name);
  const facts = builtFacts(name, places);
  const work = path.join(CACHE, 'work');
  fs.rmSync(work, { recursive: true, force: true });
  const tools: Record<string, Readonly<Record<string, Step>>> = workload.meeting === 'twice'
    ? { ...privateSteps(program, places, work) }
    : {
        ...satchelSteps(program, workload, places, work),
        git: gitSteps(places, work),
        ...peersFor(workload, places, work, notes),
      };
  const operations = Object.keys(tools['satchel'] ?? {}).map((operation): Operation => {
    const steps = Object.entries(tools).flatMap(([tool, all]) => (all[operation] ? [[tool, all[operation]]] : []));
    return { name: operation, steps: Object.fromEntries(steps) };
  });
  const given = workload.messages >= 1_000_000 ? (values['large-runs'] ?? values.runs) : values.runs;
  const runs = Number(given ?? RUNS[workload.messages] ?? 5);
  const results: Result[] = operations.flatMap((operation) => {
    process.stderr.write(`${name}: ${operation.name}\n`);
    return runOperation(operation, runs);
  });
  fs.rmSync(work, { recursive: true, force: true });
  const measured = {
    workload: name.replace(/-\d+$/, ''),
    messages: workload.messages,
    logs: workload.authors.length,
    ndjsonBytes: facts.ndjsonBytes,
    gzipBytes: facts.gzipBytes,
    results,
  };
  console.log(`\n${name}\n${resultTable(measured)}`);
  return measured;
}

/** Peers are asked for, and too slow for a million messages. */
function peersFor(workload: Workload, places: Places, work: string, notes: string[]) {
  if (!values.peers) return {};
  if (workload.authors.length > PEER_LOGS_MAX || workload.messages > PEER_MESSAGES_MAX) {
    notes.push(`hypercore, ssb-db2 and nncp on ${workload.name}: they would take hours`);
    return {};
  }
  process.stderr.write(`${workload.name}: preparing peers\n`);
  const peers = preparePeers(workload, places, work);
  for (const note of peers.notes) {
    process.stderr.write(`NOT MEASURED: ${note}\n`);
    if (!notes.includes(note)) notes.push(note);
  }
  return peers.steps;
}

function builtFacts(name: string, places: Places) {
  const known = readFacts(places);
  if (known) return known;
  process.stderr.write(`${name}: building\n`);
  const { status } = spawnSync(
    process.execPath,
    ['--max-old-space-size=6000', process.argv[1] ?? '', '--build', name],
    { stdio: 'inherit' },
  );
  const facts = readFacts(places);
  if (status !== 0 || !facts) throw new Error(`building ${name} failed`);
  return facts;
}

function versionOf(program: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^git version /, '') : 'unknown';
}

function publish(report: Report): void {
  const directory = values['write-docs'] ? 'docs' : path.join(CACHE, 'results');
  fs.mkdirSync(directory, { recursive: true });
  const at = (name: string): string => path.join(directory, name);
  fs.writeFileSync(at('performance.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  // what is kept in the tree is laid out as everything in it
  if (values['write-docs']) spawnSync('npx', ['biome', 'format', '--write', at('performance.json')]);
  const standard = report.measured.filter(({ workload }) => workload === 'standard');
  fs.writeFileSync(at('performance.svg'), chartOf(standard));
  fs.writeFileSync(at('performance.md'), pageOf(report, readJson<readonly StoreCost[]>(at(STORES))));
  console.log(`\nwrote ${['md', 'json', 'svg'].map((type) => at(`performance.${type}`)).join(', ')}`);
}

/** Counts what drives at a URL cost, and puts that into the page as it is; nothing else is measured again. */
function countStores(): void {
  const directory = values['write-docs'] ? 'docs' : path.join(CACHE, 'results');
  fs.mkdirSync(directory, { recursive: true });
  const file = path.resolve(directory, STORES);
  const env = { ...process.env, SUITE: 'stores', BENCH_STORES: file };
  const words = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--maxWorkers=1'];
  const { status } = spawnSync('npx', words, { stdio: 'inherit', env });
  if (status !== 0) throw new Error('not every store could be counted; the IMAP helper is built by "npm run helpers"');
  const stores = readJson<readonly StoreCost[]>(file) ?? [];
  const report = readJson<Report>(path.join(directory, 'performance.json'));
  console.log(storesSection(stores));
  if (report) fs.writeFileSync(path.join(directory, 'performance.md'), pageOf(report, stores));
}

function readJson<T>(file: string): T | undefined {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as T) : undefined;
}
