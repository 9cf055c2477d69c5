// What is measured of a private conversation, beside the same one in the open: the built program, each command a fresh process.
import path from 'node:path';
import type { Command } from './measure.js';
import type { Step } from './operation.js';
import { copy, type Places, type PrivatePlaces, sizeOf } from './places.js';

/** Name of the one topic. */
export const TOPIC_LABEL = 'bench';
/** The same program where the conversation is private. */
export const PRIVATE = 'satchel, private';
/** The same where nobody has the keys. */
export const KEYLESS = 'satchel, without keys';

/** The steps of both conversations, by tool and operation. @param work a directory to work in */
export function privateSteps(
  program: string,
  places: Places,
  work: string,
): Readonly<Record<string, Readonly<Record<string, Step>>>> {
  return {
    satchel: stepsOf(program, places.open, path.join(work, 'open')),
    [PRIVATE]: stepsOf(program, places.private, path.join(work, 'private')),
    [KEYLESS]: {
      'import into empty': importing(
        program,
        places.private.carrier,
        places.private.bundle,
        path.join(work, 'carrier'),
      ),
    },
  };
}

function stepsOf(program: string, places: PrivatePlaces, work: string): Readonly<Record<string, Step>> {
  const source = path.join(work, 'source');
  copy(places.source, source);
  const run = (...args: readonly string[]): Step => ({ commands: [satchel(program, source, args)] });
  return {
    'import into empty': importing(program, places.empty, places.bundle, path.join(work, 'copy')),
    'read -n 50': run('read', '-t', TOPIC_LABEL, '-n', '50'),
    'read everything': run('read', '-t', TOPIC_LABEL, '--json'),
    'post one': run('post', '-t', TOPIC_LABEL, 'The beans are up'),
    status: run('status'),
  };
}

function importing(program: string, from: string, bundle: string, repository: string): Step {
  return {
    prepare: () => copy(from, repository),
    commands: [satchel(program, repository, ['import', bundle])],
    bytes: () => sizeOf(path.join(repository, '.satchel')),
  };
}

function satchel(program: string, repository: string, args: readonly string[]): Command {
  const env = { SATCHEL_STATE_DIR: path.join(repository, 'state') };
  return { argv: [process.execPath, program, '-C', repository, ...args], env };
}
