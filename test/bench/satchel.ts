// What is measured of satchel: the built program, each command a fresh process.
import fs from 'node:fs';
import path from 'node:path';
import { TOPIC } from './hand-over.js';
import type { Command } from './measure.js';
import type { Step } from './operation.js';
import { copy, type Places, sizeOf } from './places.js';
import type { Workload } from './workload.js';

/** The same program where it seals what it writes, and takes in what was sealed. */
export const SEALED = 'satchel, sealed';

/** The steps of satchel, open and sealed, by operation. @param work a directory to work in */
export function satchelSteps(
  program: string,
  workload: Workload,
  places: Places,
  work: string,
): Readonly<Record<'satchel' | typeof SEALED, Readonly<Record<string, Step>>>> {
  const at = (name: string): string => path.join(work, name);
  const satchel = (repository: string, args: readonly string[], files: Partial<Command> = {}): Command => {
    const env = { SATCHEL_STATE_DIR: path.join(repository, 'state') };
    return { argv: [process.execPath, program, '-C', repository, ...args], env, ...files };
  };
  const onCopy = (from: string, args: readonly string[]): Step => {
    const repository = at('copy');
    return {
      prepare: () => copy(from, repository),
      commands: [satchel(repository, args)],
      bytes: () => sizeOf(path.join(repository, '.satchel')),
    };
  };
  const source = at('source');
  const after = at('source-after');
  const out = at('out.satchel');
  const exporting = (repository: string, args: readonly string[]): Step => ({
    prepare: () => fs.rmSync(out, { force: true }),
    commands: [satchel(repository, ['export', '-o', out, ...args])],
    bytes: () => sizeOf(out),
  });
  copy(places.source, source);
  copy(places.sourceAfter, after);
  const writer = (name: string): string => at(path.join('writers', name));
  const appending: Step = {
    prepare: () => copy(places.writers, at('writers')),
    commands: workload.authors.map((name) =>
      satchel(writer(name), ['post', '-t', TOPIC, '--ndjson'], { stdin: `${writer(name)}.ndjson` }),
    ),
    bytes: () => workload.authors.reduce((sum, name) => sum + sizeOf(path.join(writer(name), '.satchel')), 0),
  };
  const sealed = {
    'full export': exporting(source, ['--full', '--seal']),
    'import into empty': onCopy(places.empty, ['import', places.sealedBundle]),
  };
  const open = {
    ...(fs.existsSync(places.writers) && { 'append all': appending }),
    'full export': exporting(source, ['--full', '--open']),
    'import into empty': onCopy(places.empty, ['import', places.bundle]),
    '1 % delta export': exporting(after, ['--to', 'reader']),
    '1 % delta import': onCopy(places.full, ['import', places.deltaBundle]),
    'first read -n 50': {
      prepare: () => fs.rmSync(path.join(source, '.satchel', 'index', 'recent'), { force: true }),
      commands: [satchel(source, ['read', '-n', '50'])],
    },
    'read -n 50': { commands: [satchel(source, ['read', '-n', '50'])] },
    'read everything': { commands: [satchel(source, ['read', '--json'])] },
    'post one': { commands: [satchel(source, ['post', 'The beans are up'])] },
    status: { commands: [satchel(source, ['status'])] },
    'check --all': { commands: [satchel(source, ['check', '--all'])] },
    gc: onCopy(places.source, ['gc']),
    'start (--version)': { commands: [satchel(source, ['--version'])] },
  };
  return { satchel: open, [SEALED]: sealed };
}
