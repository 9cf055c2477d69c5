// Where the benchmark keeps its things: one directory for each workload, made once for each build of the program.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** One of two conversations of a workload that has the same one twice. */
export interface PrivatePlaces {
  /** The repository of somebody who has all of it. */
  readonly source: string;
  /** That of somebody who takes part and has nothing yet. */
  readonly empty: string;
  /** That of somebody who does not take part. */
  readonly carrier: string;
  /** Everything. */
  readonly bundle: string;
}

/** Everything of one workload on disk. */
export interface Places {
  readonly directory: string;
  /** Somebody's repository who meets everybody, after all rounds; its state is in `state` below each repository. */
  readonly source: string;
  /** The same with the delta. */
  readonly sourceAfter: string;
  /** Somebody new who knows everybody. */
  readonly empty: string;
  /** The same who has imported everything. */
  readonly full: string;
  readonly bundle: string;
  readonly deltaBundle: string;
  /** The same as `bundle`, sealed for whoever its writer knows. */
  readonly sealedBundle: string;
  /** One new repository for each author, and what it is to post. */
  readonly writers: string;
  readonly ndjson: string;
  readonly deltaNdjson: string;
  readonly git: string;
  /** Of a workload that has one in the open and the same in private: both. */
  readonly open: PrivatePlaces;
  readonly private: PrivatePlaces;
  /** What the build found out, JSON; written last. */
  readonly facts: string;
}

/** What the build found out. */
export interface Facts {
  readonly entries: number;
  readonly ndjsonBytes: number;
  readonly gzipBytes: number;
}

/** The places of a workload below a cache directory. */
export function placesOf(cache: string, name: string): Places {
  const directory = path.join(cache, name);
  const at = (part: string): string => path.join(directory, part);
  return {
    directory,
    source: at('source'),
    sourceAfter: at('source-after'),
    empty: at('empty'),
    full: at('full'),
    bundle: at('full.satchel'),
    deltaBundle: at('delta.satchel'),
    sealedBundle: at('sealed.satchel'),
    writers: at('writers'),
    ndjson: at('messages.ndjson'),
    deltaNdjson: at('delta.ndjson'),
    git: at('git'),
    open: conversationAt(at('open')),
    private: conversationAt(at('private')),
    facts: at('facts.json'),
  };
}

function conversationAt(directory: string): PrivatePlaces {
  const at = (part: string): string => path.join(directory, part);
  return { source: at('source'), empty: at('empty'), carrier: at('carrier'), bundle: at('full.satchel') };
}

/** What the build found out; undefined when there is none. */
export function readFacts(places: Places): Facts | undefined {
  if (!fs.existsSync(places.facts)) return undefined;
  return JSON.parse(fs.readFileSync(places.facts, 'utf8')) as Facts;
}

/** Copies a directory or file to where nothing is yet. */
export function copy(from: string, to: string): void {
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(to), { recursive: true });
  // fs.cpSync copies file by file through the event loop, cp in one go
  const { status, stderr } = spawnSync('cp', ['-r', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`copying ${from}: ${stderr}`);
}

/** Bytes of a file, or of all files below a directory. */
export function sizeOf(place: string): number {
  const stat = fs.statSync(place);
  if (!stat.isDirectory()) return stat.size;
  return fs.readdirSync(place).reduce((sum, name) => sum + sizeOf(path.join(place, name)), 0);
}
