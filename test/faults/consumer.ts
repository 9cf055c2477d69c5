// A program that keeps its last offset with its own result, and one that leaves it to --auto, beside imports of what comes late
// and garbage collection: whatever happens to the disk meanwhile, in the end the one has each message exactly once and the other
// at least once, and an offset means one message for good (spec/cli.md, "feed").
import { expect } from 'vitest';
import type { EndedHere } from '../testkit/command.js';
import { documents } from '../testkit/documents.js';
import { withFailingDisk } from '../testkit/fault-disk.js';
import { type Fate, powerCut } from '../testkit/power-cut.js';
import { letTimePass } from './commands.js';
import { untilCut } from './crash.js';
import type { Machine } from './machine.js';
import { befriend } from './scenes.js';

const HOUR_MS = 3_600_000;
const DRAWN_BEFORE = 10_000;
const DRAWN_AFTER = 20_000;

interface Line {
  readonly offset: number;
  readonly id: string;
}

type Run = (...argv: string[]) => Promise<EndedHere>;

/** What programs keep of what they were handed; a disk that fails is not theirs. */
class Programs {
  readonly exact: string[] = [];
  readonly auto: string[] = [];
  readonly #said = new Map<string, string>();
  #last = 0;

  /** What happens in a day: each time one bundle came, everybody consumes. */
  async day(machine: Machine, run: Run): Promise<void> {
    await this.#consume(run);
    await run('import', machine.file('late-1.satchel'));
    await this.#consume(run);
    await run('gc');
    await run('import', machine.file('late-2.satchel'));
    await this.#consume(run);
  }

  async #consume(run: Run): Promise<void> {
    for (const { offset, id } of this.#linesOf('exact', await run('feed', '--as', 'exact'))) {
      if (offset <= this.#last) continue;
      expect(offset, 'offsets are consecutive').toBe(this.#last + 1);
      this.#last = offset;
      this.exact.push(id);
    }
    await run('feed', '--as', 'exact', '--commit', String(this.#last));
    for (const { id } of this.#linesOf('auto', await run('feed', '--as', 'auto', '--auto'))) this.auto.push(id);
  }

  #linesOf(name: string, { stdout }: EndedHere): Line[] {
    const lines = documents(stdout).filter(({ offset }) => offset !== undefined) as unknown as Line[];
    for (const { offset, id } of lines) {
      const before = this.#said.get(`${name} ${offset}`);
      if (before !== undefined) expect(id, `what offset ${offset} of ${name} means`).toBe(before);
      this.#said.set(`${name} ${offset}`, id);
    }
    return lines;
  }
}

/** Ana has written; two bundles of Bob's with what is older than that wait to be imported. */
export async function prepare(machine: Machine): Promise<void> {
  await befriend(machine);
  const bob = machine.file('bob');
  const start = machine.now;
  for (const late of [1, 2]) {
    machine.now += HOUR_MS;
    for (const n of [1, 2]) await machine.must('-C', bob, 'post', '-t', 't', `late ${late}, ${n}`);
    await machine.must('-C', bob, 'export', '--open', '--full', '-o', machine.file(`late-${late}.satchel`));
  }
  machine.now += HOUR_MS;
  for (const n of [1, 2, 3]) await machine.must('post', '-t', 't', `soon ${n}`);
  machine.now = start + 4 * HOUR_MS;
  machine.memory.settle();
}

/** The power is cut at the n-th change of the day; returns how many changes there were until then. */
export async function cutAtChange(machine: Machine, cutAt: number, fate: Fate): Promise<number> {
  const programs = new Programs();
  machine.drawFrom(DRAWN_BEFORE);
  const { changes } = await untilCut(machine, { cutAt }, () => programs.day(machine, onDiskInUse(machine)));
  machine.memory = powerCut(machine.memory, fate);
  machine.drawFrom(DRAWN_AFTER);
  await expectAll(machine, programs, `cut at change ${cutAt}, ${fate.name} of the rest there`);
  return changes;
}

/** The n-th call to the disk fails; returns how many calls there were. */
export async function failAtCall(machine: Machine, at: number): Promise<number> {
  const programs = new Programs();
  const day = (): Promise<void> => programs.day(machine, onDiskInUse(machine));
  const { calls, failed } = await withFailingDisk(machine.root, { at, mode: 'once' }, day, machine.disk);
  await expectAll(machine, programs, `call ${at}, ${failed}`);
  return calls;
}

function onDiskInUse(machine: Machine): Run {
  return (...argv) => machine.runOnDiskInUse(argv);
}

/** The next day everything goes well; the first thing that happens is that something late comes, which sorts before the rest. */
async function expectAll(machine: Machine, programs: Programs, where: string): Promise<void> {
  letTimePass(machine);
  const wrong: string[] = [];
  const run: Run = async (...argv) => {
    const ended = await machine.run(...argv);
    if (ended.exit !== 0) wrong.push(`${argv.join(' ')}: ${ended.stderr}`);
    return ended;
  };
  try {
    await run('import', machine.file('late-2.satchel'));
    await programs.day(machine, run);
    const ids = documents(await machine.must('read', '-t', 't')).map(({ id }) => id);
    expect(ids).toHaveLength(8);
    expect(wrong).toEqual([]);
    expect([...programs.exact].sort(), 'exactly once').toEqual([...ids].sort());
    expect([...new Set(programs.auto)].sort(), 'at least once').toEqual([...ids].sort());
  } catch (error) {
    throw Object.assign(error as Error, { message: `${where}\n${(error as Error).message}` });
  }
}
