// The parser of before, kept here until yargs has taken its place (test/testkit/old-*.ts), and both ways through the
// new one, over the same command lines.
import { expect, it } from 'vitest';
import type { Command } from '../../../../src/cli/command/command.js';
import { calledBy, readCommandLine } from '../../../../src/cli/command/command-line.js';
import { COMMANDS } from '../../../../src/cli/command/table/commands.js';
import { askTree } from '../../../../src/cli/command/tree.js';
import { lookAt } from '../../../../src/cli/command/well-formed.js';
import { SatchelError } from '../../../../src/format/error.js';
import { Chance } from '../../../testkit/chance.js';
import { anyLine, badLine, goodLine, MISTAKES } from '../../../testkit/command-lines.js';
import { effort, SEED } from '../../../testkit/effort.js';
import { resolveInvocation } from '../../../testkit/old-invocation.js';
import { parseArguments } from '../../../testkit/old-parse.js';

const ALL = Object.values<Command>(COMMANDS);

const LINES = Number(process.env['LINES'] ?? effort(1_000));

/** What a line leads to, as text. */
async function outcome(read: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await read());
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    return `${error.code} ${error.exit}`;
  }
}

function before(argv: readonly string[]): unknown {
  const asked = resolveInvocation(argv);
  if (asked.kind !== 'run') return { ...asked, topic: nameOf('topic' in asked ? asked.topic : undefined) };
  return { run: asked.command.name, args: sorted(parseArguments(asked.command, asked.words)) };
}

async function now(argv: readonly string[]): Promise<unknown> {
  const look = lookAt(argv);
  if (look.words.length === 0 && look.given['version']) return { kind: 'version' };
  const asked = await readCommandLine(argv, look);
  return asked.kind === 'run'
    ? { run: asked.command.name, args: sorted(asked.args) }
    : { ...asked, topic: nameOf(asked.topic) };
}

/** As if no line were well formed. */
async function byYargs(argv: readonly string[]): Promise<unknown> {
  const { words, given } = lookAt(argv);
  const command = calledBy(words);
  if (!command || given['help']) return now(argv);
  return { run: command.name, args: sorted(askTree({ argv, words, command }, [command])) };
}

function nameOf(topic: Command | string | undefined): string | undefined {
  return typeof topic === 'object' ? topic.name : topic;
}

function sorted(args: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(args)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Differences that are meant, each of them in the changelog. */
const MEANT: readonly (readonly [what: string, holds: (argv: readonly string[], old: string) => boolean])[] = [
  [
    'a command is no value of its own option',
    (argv, old) => old.startsWith('{"run"') && argv[0]?.startsWith('-') === true,
  ],
  [
    'what an option beside "help" takes is no command',
    (argv) => argv.includes('help') && argv.some((word) => /^-\w*C$|^--(directory|lock-timeout)$/.test(word)),
  ],
  [
    'help is heard before "--"',
    (argv, old) => old === 'usage 2' && /^(-h|--help)$/.test(argv.find((word) => /^(-h|--help|--)$/.test(word)) ?? ''),
  ],
];

it(`${LINES} command lines (seed ${SEED}) mean the same, and fail the same`, async () => {
  const chance = new Chance(SEED);
  const kinds = new Map<string, number>();
  const differences: string[] = [];
  for (let i = 0; i < LINES; i++) {
    const mistake = chance.pick(MISTAKES);
    const argv =
      i % 2 === 0
        ? goodLine(chance, ALL[(i / 2) % ALL.length]).argv
        : i % 4 === 1
          ? badLine(chance, mistake)
          : anyLine(chance);
    if (!argv) continue;
    const old = await outcome(() => before(argv));
    for (const [way, read] of [
      ['now', now],
      ['yargs', byYargs],
    ] as const) {
      const found = await outcome(() => read(argv));
      kinds.set(found.slice(0, 8), (kinds.get(found.slice(0, 8)) ?? 0) + 1);
      if (found === old) continue;
      const meant = MEANT.find(([, holds]) => holds(argv, old));
      if (meant) kinds.set(meant[0], (kinds.get(meant[0]) ?? 0) + 1);
      else differences.push(`${way} ${JSON.stringify(argv)}\n   before: ${old}\n   now:    ${found}`);
    }
  }
  expect(kinds.size).toBeGreaterThan(2);
  expect(differences.slice(0, 12).join('\n')).toBe('');
});
