// Peers that have to be installed: hypercore and ssb-db2 by `npm ci --prefix test/bench`, NNCP by Debian's package nncp.
// Each step is a fresh process too. A peer that is missing or fails on the way is named loudly, and left out.
import fs from 'node:fs';
import path from 'node:path';
import { type Command, measure } from './measure.js';
import type { Step } from './operation.js';
import { copy, type Places, sizeOf } from './places.js';
import type { Workload } from './workload.js';

/** The steps of one peer by operation. */
type Steps = Readonly<Record<string, Step>>;

/** What peers there are, and why others are not. */
export interface Peers {
  readonly steps: Readonly<Record<string, Steps>>;
  readonly notes: readonly string[];
}

const SCRIPTS = path.resolve('test/bench/peers');
const PACKAGES = path.resolve('test/bench/node_modules');
const INSTALL = 'run "npm ci --prefix test/bench"';

/** Hypercore as satchel is measured: a process for each author, who has a computer of his own. */
export const HYPERCORE_EACH = 'hypercore, a process each';

/** Prepares all peers on a workload's messages. @param work a directory to work in */
export function preparePeers(workload: Workload, places: Places, work: string): Peers {
  const steps: Record<string, Steps> = {};
  const notes: string[] = [];
  const all: readonly [string, () => Steps][] = [
    ['hypercore', () => hypercoreSteps(places, path.join(work, 'hypercore'))],
    [HYPERCORE_EACH, () => hypercoreEachSteps(workload, places, path.join(work, 'hypercore-each'))],
    ['ssb-db2', () => ssbSteps(places, path.join(work, 'ssb'))],
    ['nncp', () => nncpSteps(places, path.join(work, 'nncp'))],
  ];
  for (const [name, prepare] of all) {
    try {
      steps[name] = prepare();
    } catch (error) {
      notes.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { steps, notes };
}

function hypercoreSteps(places: Places, work: string): Steps {
  mustBeInstalled('hypercore');
  const hypercore = scriptIn('hypercore.cjs', work);
  const at = (name: string): string => path.join(work, name);
  prepareWith([hypercore('append', 'source', places.ndjson), hypercore('copy', 'source', 'full')]);
  copy(at('source'), at('after'));
  prepareWith([hypercore('append', 'after', places.deltaNdjson)]);
  return {
    'append all': fresh(at('new'), hypercore('append', 'new', places.ndjson)),
    'import into empty': fresh(at('new'), hypercore('copy', 'source', 'new')),
    '1 % delta import': copied(at('full'), at('new'), hypercore('copy', 'after', 'new')),
    'read -n 50': { commands: [hypercore('tail', 'source')] },
    'read everything': { commands: [hypercore('read', 'source')] },
    'post one': { commands: [hypercore('post', 'source', 'The beans are up')] },
  };
}

function hypercoreEachSteps({ authors }: Workload, places: Places, work: string): Steps {
  mustBeInstalled('hypercore');
  const hypercore = scriptIn('hypercore.cjs', work);
  const files = authors
    .map((name) => path.join(places.writers, `${name}.ndjson`))
    .filter((file) => fs.existsSync(file));
  const commands = files.map((file) => hypercore('appendOne', 'new', file));
  return commands.length > 0 ? { 'append all': fresh(path.join(work, 'new'), ...commands) } : {};
}

function ssbSteps(places: Places, work: string): Steps {
  mustBeInstalled('ssb-db2');
  const ssb = scriptIn('ssb.cjs', work);
  const at = (name: string): string => path.join(work, name);
  prepareWith([ssb('append', 'source', places.ndjson), ssb('dump', 'source', 'all')]);
  return {
    'append all': fresh(at('new'), ssb('append', 'new', places.ndjson)),
    'full export': { commands: [ssb('dump', 'source', 'all')], bytes: () => sizeOf(at('all')) },
    'import into empty': fresh(at('new'), ssb('import', 'new', 'all')),
    'read -n 50': { commands: [ssb('tail', 'source')] },
    'read everything': { commands: [ssb('read', 'source')] },
    'post one': { commands: [ssb('post', 'source', 'The beans are up')] },
  };
}

/** NNCP carries files: all messages are one, and it knows of no delta. */
function nncpSteps(places: Places, work: string): Steps {
  const isThere = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((each) => fs.existsSync(path.join(each, 'nncp-cfgnew')));
  if (!isThere) throw new Error('is not installed; Debian has it as nncp');
  fs.mkdirSync(work, { recursive: true });
  const { ana, ben } = writeConfigs(work);
  const at = (name: string): string => path.join(work, name);
  const bundle = at('all.nncp');
  const nncp = (program: string, args: readonly string[], files: Partial<Command> = {}): Command => {
    return { argv: [program, '-quiet', ...args], ...files };
  };
  const empty = (): void => {
    for (const name of ['ana', 'ben', 'in']) fs.rmSync(at(name), { recursive: true, force: true });
    for (const name of ['ana', 'ben', 'in']) fs.mkdirSync(at(name));
  };
  const exporting = [
    nncp('nncp-file', ['-cfg', ana, places.ndjson, 'ben:']),
    nncp('nncp-bundle', ['-cfg', ana, '-tx', 'ben'], { stdout: bundle }),
  ];
  empty();
  prepareWith(exporting);
  return {
    'full export': { prepare: empty, commands: exporting, bytes: () => sizeOf(bundle) },
    'import into empty': {
      prepare: empty,
      commands: [nncp('nncp-bundle', ['-cfg', ben, '-rx'], { stdin: bundle }), nncp('nncp-toss', ['-cfg', ben])],
      bytes: () => sizeOf(at('in')),
    },
  };
}

type Script = (action: string, directory: string, argument?: string) => Command;

function scriptIn(name: string, work: string): Script {
  fs.mkdirSync(work, { recursive: true });
  const script = path.join(SCRIPTS, name);
  return (action, directory, argument) => ({
    argv: [process.execPath, script, action, directory, ...(argument === undefined ? [] : [argument])],
    cwd: work,
  });
}

function fresh(directory: string, ...commands: readonly Command[]): Step {
  const prepare = (): void => fs.rmSync(directory, { recursive: true, force: true });
  return { prepare, commands, bytes: () => sizeOf(directory) };
}

function copied(from: string, to: string, command: Command): Step {
  return { prepare: () => copy(from, to), commands: [command], bytes: () => sizeOf(to) };
}

function mustBeInstalled(name: string): void {
  if (!fs.existsSync(path.join(PACKAGES, name))) throw new Error(`is not installed; ${INSTALL}`);
}

function prepareWith(commands: readonly Command[]): void {
  for (const command of commands) measure(command);
}

/** Two nodes that know each other; where their files are. */
function writeConfigs(work: string): { readonly ana: string; readonly ben: string } {
  const ana = newNode(path.join(work, 'ana.hjson'));
  const ben = newNode(path.join(work, 'ben.hjson'));
  const write = (name: string, own: NncpNode, other: NncpNode, otherName: string): string => {
    const spool = path.join(work, name);
    const neigh = { self: publicPart(own), [otherName]: { ...publicPart(other), incoming: path.join(work, 'in') } };
    const file = path.join(work, `${name}.json`);
    fs.writeFileSync(file, JSON.stringify({ spool, log: path.join(spool, 'log'), self: own, neigh }));
    return file;
  };
  return { ana: write('ana', ana, ben, 'ben'), ben: write('ben', ben, ana, 'ana') };
}

type NncpNode = Readonly<Record<string, string>>;

function newNode(file: string): NncpNode {
  prepareWith([{ argv: ['nncp-cfgnew'], stdout: file }]);
  const node: Record<string, string> = {};
  const text = fs.readFileSync(file, 'utf8');
  for (const [, name = '', value = ''] of text.matchAll(/^\s+(id|(?:exch|sign|noise)(?:pub|prv)): (\S+)$/gm))
    node[name] ??= value;
  return node;
}

function publicPart({ id, exchpub, signpub, noisepub }: NncpNode): Record<string, string | undefined> {
  return { id, exchpub, signpub, noisepub };
}
