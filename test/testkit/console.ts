// Runs the blocks of a page against the built program: what a reader of the page would type and see.
//
// In `console` blocks
// `$ ` begins a command, `ana$ ` one on Ana's machine, which has a home directory of its own; the lines behind
// it are what it prints. `...` stands for any text, or any lines. What differs from run to run (ids, keys, times, sizes) has
// to be there, not to be equal; an id that a command names is the one that the page's run printed in its place. The lines of
// `sh` blocks, and of `cron` blocks behind their five fields, only have to succeed; an `sh` block with a name is a program of that
// name, which all machines have from then on.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Block } from './spec-pages.js';
import { inTerminal } from './terminal.js';

/** A command with what it prints. */
export interface Step {
  /** Name in front of the prompt; empty for a bare `$`. */
  readonly machine: string;
  readonly command: string;
  readonly expected: readonly string[];
  readonly where: string;
  /** It has to end with 0, whatever it prints. */
  readonly mustSucceed?: boolean;
  /** It runs on a terminal; what it asks is answered as the page shows it. */
  readonly isOnTerminal?: boolean;
}

/** A question as it stands in a page, with what is typed. */
const QUESTION = /^(.*(?:\[y\/N\]|others will see it(?: \[.*\])?:)) (.*)$/;

/** Where the pages say that sticks are mounted and folders are shared; here they are folders, made when they are named. */
const PLACES = /(?<![\w.])\/(media|srv)\/[\w-]+/g;
/** What would not end, or would change the machine that the test runs on, and what is run instead. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/^satchel watch$/, 'timeout -s INT 3 satchel watch --no-mounts /media/stick || [ $? = 124 ]'],
  [/^satchel service install$/, 'satchel service install --print'],
];
/** Programs that the pages use and that have to say something here. */
const PROGRAMS = {
  journalctl: 'for i in 1 2 3; do echo "unit $i: started"; done',
  'notify-send': 'echo "notify-send: $*"',
  mail: 'echo "mail: $*"; cat',
};
const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');

/** The paths here are longer than those in the page. */
const WIDE = 240;
/** So much of a question tells that it is there: names in it may be wrapped. */
const QUESTION_END = 8;

type OpenStep = Step & { readonly expected: string[] };

/** The commands of the blocks, in order. */
export function stepsOf(blocks: readonly Block[]): Step[] {
  const steps: OpenStep[] = [];
  for (const { page, line, lines, language, info } of blocks) {
    const [program] = info;
    if (language === 'sh' && program !== undefined) {
      const written = `cat >../bin/${program} <<'END' && chmod +x ../bin/${program}\n${lines.join('\n')}\nEND`;
      steps.push({ machine: '', command: written, expected: [], where: `${page}:${line}`, mustSucceed: true });
      continue;
    }
    if (language !== 'console') {
      steps.push(...lines.flatMap((text, at) => plainStep(text, `${page}:${line + 1 + at}`)));
      continue;
    }
    for (const [at, text] of lines.entries()) {
      const [, machine, command] = /^([a-z]*)\$ (.*)$/.exec(text) ?? [];
      const where = `${page}:${line + 1 + at}`;
      if (machine !== undefined && command !== undefined)
        steps.push({ machine, command, expected: [], where, isOnTerminal: info.includes('terminal') });
      else if (steps.length > 0) steps.at(-1)?.expected.push(text);
      else throw new Error(`${where}: output without a command`);
    }
  }
  return steps;
}

/** A line of a script; what stands behind a `#` is for the reader. */
function plainStep(text: string, where: string): OpenStep[] {
  const command = text.replace(/^(?:\S+ ){5}(?=satchel )/, '').replace(/\s+#.*$|^#.*$/, '');
  return command === '' ? [] : [{ machine: '', command, expected: ['...'], where, mustSucceed: true }];
}

function standIn(command: string): string {
  return STAND_INS.reduce((line, [pattern, instead]) => line.replace(pattern, instead), command);
}

/** A few machines, sticks and shared folders below one directory. */
export class Machines {
  readonly #directory: string;
  readonly #names = new Map<string, string>();
  #status = 0;

  constructor(directory: string) {
    if (!fs.existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: run "npm run build"`);
    this.#directory = directory;
    fs.mkdirSync(path.join(directory, 'bin'));
    for (const [name, body] of Object.entries(PROGRAMS)) {
      fs.writeFileSync(path.join(directory, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    }
    const script = `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(PROGRAM)} "$@"\n`;
    fs.writeFileSync(path.join(directory, 'bin', 'satchel'), script, { mode: 0o755 });
  }

  /** Runs a step; undefined when it printed what it had to, else both outputs. */
  run(step: Step): { readonly expected: string; readonly actual: string } | undefined {
    const join = step.isOnTerminal ? unwrapped : (text: string) => text;
    const actual = join(this.execute(step));
    const expected = join(step.expected.map((line) => `${line}\n`).join(''));
    const found = patternOf(expected.split('\n').slice(0, -1)).exec(actual);
    if (!found || (step.mustSucceed && this.#status !== 0)) return { expected, actual };
    for (const [at, name] of namesIn(expected).entries()) this.#names.set(name, found[at + 1] ?? '');
    return undefined;
  }

  /** Runs a step, whatever it has to print; returns both outputs. */
  execute({ machine, command, expected, isOnTerminal }: Step): string {
    const home = path.join(this.#directory, machine || 'home');
    fs.mkdirSync(home, { recursive: true });
    const output = path.join(this.#directory, 'output');
    const fd = fs.openSync(output, 'w');
    const places = path.join(this.#directory, 'places');
    const line = `(exit ${this.#status}); ${this.#withNames(standIn(command)).replace(PLACES, (place) => made(places + place))}`;
    const env = {
      HOME: home,
      SATCHEL_STATE_COPY: path.join(this.#directory, 'copies'),
      PATH: `${path.join(this.#directory, 'bin')}:${process.env['PATH']}`,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
    };
    if (isOnTerminal) fs.writeSync(fd, this.#onTerminal(line, { cwd: home, env, expected }));
    else this.#status = spawnSync('bash', ['-c', line], { cwd: home, env, stdio: ['ignore', fd, fd] }).status ?? 1;
    fs.closeSync(fd);
    const text = fs.readFileSync(output, 'utf8').replaceAll(places, '');
    return text.replaceAll(home, `/home/${machine || 'home'}`);
  }

  #onTerminal(
    line: string,
    { expected, ...options }: { readonly cwd: string; readonly env: Record<string, string> } & Pick<Step, 'expected'>,
  ): string {
    const answers = expected.flatMap((text) => {
      const [, question = '', answer] = QUESTION.exec(text) ?? [];
      return answer === undefined
        ? []
        : [[question.replace(/ \[[^\]]*\]:$/, '').slice(-QUESTION_END), answer] as const];
    });
    const { status, screen } = inTerminal(['bash', '-c', line], { ...options, answers, columns: WIDE });
    this.#status = status ?? 1;
    return screen;
  }

  /** The command with the names that this run gave to what the page calls otherwise. */
  #withNames(command: string): string {
    return command.replace(/[0-9a-f]{4,64}/g, (word) => {
      const [, actual] = [...this.#names].find(([name]) => name.startsWith(word)) ?? [];
      return actual?.slice(0, word.length) ?? word;
    });
  }
}

/** Lines as they were before they were wrapped: paths are longer here than in the page. */
function unwrapped(text: string): string {
  return text.replace(/ *\n {4}(?=\S)/g, ' ');
}

function made(directory: string): string {
  fs.mkdirSync(directory, { recursive: true });
  return directory;
}

const NAMES = /\b[0-9a-f]{64}\b|\b[0-9a-f]{10}\b|(?<=-)[0-9a-f]{6}(?=-\d+\.satchel)/g;

/** What differs from run to run and is named by commands, in order. */
function namesIn(expected: string): string[] {
  return [...expected.matchAll(NAMES)].map(([name]) => name);
}

/** What differs from run to run, and what stands in its place. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [NAMES, '([0-9a-f]+)'],
  [/(?<=see it \[)[^\]]+(?=\])/g, '[^\\]]+'],
  [/satchel1:[\w-]+/g, 'satchel1:[\\w-]+'],
  [/\b\d\d:\d\d\b/g, '\\d\\d:\\d\\d'],
  [/\b\d{4}-\d\d-\d\d\b/g, '\\d{4}-\\d\\d-\\d\\d'],
  [/\b[A-Z][a-z]+day \d+ [A-Z][a-z]+ \d{4}\b/g, '\\w+ \\d+ \\w+ \\d{4}'],
  [/\b[\d.]+ (KiB|bytes)/g, '[\\d.]+ (?:KiB|bytes)'],
  [/\b(?:[a-z]{3,8} ){11}[a-z]{3,8}\b/g, '(?:[a-z]{3,8} ){11}[a-z]{3,8}'],
];

function patternOf(expected: readonly string[]): RegExp {
  const lines = expected.map((line) => (line === '...' ? '(?:.*\\n)*?' : `${linePattern(line)}\\n`));
  return new RegExp(`^${lines.join('')}$`);
}

/** Every volatile part is marked before the rest is escaped, so that none is taken for a part of another. */
function linePattern(line: string): string {
  const parts: string[] = [];
  let marked = line;
  for (const [pattern, replacement] of VOLATILE) {
    marked = marked.replace(pattern, () => `\0${parts.push(replacement) - 1}\0`);
  }
  const escaped = marked.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\\.\\.\\.', '.*?');
  return escaped.replace(/\0(\d+)\0/g, (_, at: string) => parts[Number(at)] ?? '');
}
