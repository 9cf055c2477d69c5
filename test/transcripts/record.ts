// Plays a story on a real terminal with the built program, and writes down what the screen shows.
import fs from 'node:fs';
import path from 'node:path';
import { foldLine } from '../../src/cli/terminal/wrap.js';
import { inTerminal } from '../testkit/terminal.js';
import { STORIES, type Step } from './stories.js';

const PROGRAM = path.resolve('dist/satchel.cjs');
const FIXED = path.resolve('test/transcripts/fixed.cjs');
/** Widths of terminals. */
export const WIDTHS = [80, 40] as const;

/** The transcripts by the names of their files, for terminals of each width; what is played lies below the directory. */
export function* transcripts(directory: string): Generator<readonly [file: string, text: string]> {
  for (const columns of WIDTHS) {
    const recorder = new Recorder(path.join(directory, String(columns)), columns);
    for (const { name, title, steps } of STORIES) {
      const lines = steps.flatMap((step) => recorder.play(step));
      yield [`${name}-${columns}.txt`, `${[title, countOf(steps), ...lines].join('\n')}\n`];
    }
  }
}

/** How many commands each of them types. */
function countOf(steps: readonly Step[]): string {
  const counts = new Map<string, number>();
  for (const step of steps) if ('who' in step) counts.set(step.who, (counts.get(step.who) ?? 0) + 1);
  const words = [...counts].map(([who, count]) => `${who} ${count}`);
  return `Commands: ${words.join(', ')}`;
}

class Recorder {
  readonly #directory: string;
  readonly #columns: number;
  #count = 0;

  constructor(directory: string, columns: number) {
    this.#directory = directory;
    this.#columns = columns;
    for (const name of ['stick', 'other', 'bin']) fs.mkdirSync(path.join(directory, name), { recursive: true });
    const run = `exec '${process.execPath}' --require '${FIXED}' '${PROGRAM}' "$@"`;
    fs.writeFileSync(path.join(directory, 'bin', 'satchel'), `#!/bin/sh\n${run}\n`, { mode: 0o755 });
  }

  /** The lines of the step. @throws Error when the command failed, or asked something else */
  play(step: Step): string[] {
    if ('says' in step) return ['', `(${step.says})`];
    const { who, types, answers = [] } = step;
    const home = path.join(this.#directory, who);
    fs.mkdirSync(home, { recursive: true });
    const env = {
      HOME: home,
      SATCHEL_STATE_DIR: path.join(home, 'state'),
      TRANSCRIPT_COMMAND: String(++this.#count),
      PATH: `${path.join(this.#directory, 'bin')}:${process.env['PATH']}`,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
    };
    const options = { cwd: this.#directory, env, columns: this.#columns, answers };
    const { status, screen } = inTerminal(['bash', '-c', types], options);
    if (status !== 0) throw new Error(`${who}$ ${types} ended with ${status}:\n${screen}`);
    const shown = this.#atHome(screen, home)
      // what this computer would call its user
      .replace(/(?<=see it \[)[^\]]+(?=\])/, who)
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd());
    return ['', `${who}$ ${types}`, ...(shown.join('') === '' ? [] : shown)];
  }

  /** The screen as if the home directory were `~`, and each line that names it were broken as a shorter one is. */
  #atHome(screen: string, home: string): string {
    const named = [`${home}/.satchel`, home];
    let text = screen;
    for (const name of named) {
      const broken = Array.from(name, (one) => (/[\w/]/.test(one) ? one : `\\${one}`)).join('(?:\\n {4})?');
      const shorter = name.replace(home, '~');
      const paragraph = new RegExp(`^.*(?:\\n {4}.*)*?${broken}.*(?:\\n {4}.*)*`, 'gm');
      text = text.replaceAll(paragraph, (lines) =>
        foldLine(lines.replace(new RegExp(broken), shorter).replaceAll('\n    ', ' '), this.#columns).join('\n'),
      );
    }
    return text;
  }
}
