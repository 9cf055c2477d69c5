// Plays scenarios on the program and on the replica in Python, and compares all that both say.
import { isDeepStrictEqual } from 'node:util';
import { TOPIC } from '../testkit/cast.js';
import { chance, SEED } from '../testkit/effort.js';
import type { Acknowledged, End, LogState, ProgramReplica, Replicas } from './program.js';
import type { Python } from './python.js';
import { bundleOf, type Item, makeScenario, type Scenario } from './scenario.js';
import { makeWorld, TODAY, type World } from './world.js';

/** What one replica says of one order. `C` is what it says of the refusals of a step, `A` of acknowledgements. */
interface Played<C, A> {
  readonly steps: readonly { readonly codes: C; readonly logs: Readonly<Record<string, LogState>> }[];
  readonly end: End<A>;
}

/** The code of each item, or of a bundle one for each log of which something was refused. */
type ProgramPlayed = Played<readonly string[] | Readonly<Record<string, string>>, Acknowledged>;
/** The same, with all codes of each log, and with what is acknowledged without deps and with all of them. */
type PythonPlayed = Played<
  readonly string[] | Readonly<Record<string, readonly string[]>>,
  readonly [Acknowledged, Acknowledged]
>;

/** Who is compared. */
export interface Both {
  readonly replicas: Replicas;
  readonly python: Python;
}

/** Worlds are used again: their heads have to be verified once. */
const SCENARIOS_A_WORLD = 8;
let current: World | undefined;

/** An order of which the two say different things. */
export interface Disagreement {
  readonly where: string;
  /** What Python was asked, with this order alone. */
  readonly question: object;
  readonly program: ProgramPlayed;
  readonly python: PythonPlayed;
}

/** Plays the scenario of that number in all its orders; those on which the two disagree. */
export async function compareScenario({ replicas, python }: Both, number: number): Promise<Disagreement[]> {
  const random = chance(`scenario ${number}`);
  const world = worldOf(number);
  const inBundles = number % 3 === 0;
  const scenario = makeScenario(world, random, { inBundles });
  const asked = python.ask<PythonPlayed[]>('replica', questionOf(scenario, inBundles));
  const logs = world.logs.map(({ key }) => key.id.toString('hex'));
  const ours = scenario.orders.map((order) => {
    const replica = replicas.next();
    try {
      return play(replica, scenario, { order, logs, inBundles, random });
    } finally {
      replica.remove();
    }
  });
  const theirs = await asked;
  return scenario.orders.flatMap((order, i) => {
    const program = ours[i] as ProgramPlayed;
    const python = theirs[i] as PythonPlayed;
    if (agree(program, python)) return [];
    const where = `scenario ${number} of seed ${SEED}, order ${JSON.stringify(order)}`;
    const question = questionOf({ ...scenario, orders: [order] }, inBundles);
    return [{ where, question, program, python }];
  });
}

function worldOf(number: number): World {
  const label = `world ${Math.floor(number / SCENARIOS_A_WORLD)}`;
  if (current?.label !== label) current = makeWorld(label);
  return current;
}

interface Playing {
  readonly order: readonly (readonly number[])[];
  readonly logs: readonly string[];
  readonly inBundles: boolean;
  readonly random: () => number;
}

function play(replica: ProgramReplica, scenario: Scenario, { order, logs, inBundles, random }: Playing): ProgramPlayed {
  const steps = order.map((numbers) => {
    const items = numbers.map((number) => scenario.items[number] as Item);
    const codes = inBundles ? replica.import(items) : replica.take(items);
    if (random() < 0.05) replica.reopen({ rebuild: random() < 0.3 });
    return { codes, logs: replica.states(logs) };
  });
  return { steps, end: replica.end(logs) };
}

/** The same in bundles that were signed, or piece by piece. */
function questionOf({ items, orders }: Scenario, inBundles: boolean): object {
  const rest = { today: TODAY, topic: TOPIC.toString('hex') };
  if (!inBundles) {
    return { ...rest, items: items.map(({ kind, bytes }) => ({ [kind]: bytes.toString('hex') })), orders };
  }
  const bundles: object[] = [];
  const numbered = orders.map((order) =>
    order.map((numbers) => {
      const bytes = bundleOf(numbers.map((number) => items[number] as Item));
      return [bundles.push({ bundle: bytes.toString('hex') }) - 1];
    }),
  );
  return { ...rest, items: bundles, orders: numbered };
}

/** Whether both say the same; of acknowledgements the program may leave out deps that it has not looked at. */
function agree(program: ProgramPlayed, python: PythonPlayed): boolean {
  const { acks, ...end } = program.end;
  const { acks: bounds, ...theirs } = python.end;
  const isBetween = ([log, said]: readonly [string, Acknowledged]): boolean => {
    const [least, most] = bounds[log] ?? [{}, {}];
    return isWithin(least, said) && isWithin(said, most);
  };
  const isSame = isDeepStrictEqual(end, theirs) && program.steps.length === python.steps.length;
  return (
    isSame &&
    Object.entries(acks).every(isBetween) &&
    program.steps.every((step, i) => isSameStep(step, python.steps[i]))
  );
}

function isSameStep(one: ProgramPlayed['steps'][number], other: PythonPlayed['steps'][number] | undefined): boolean {
  return isDeepStrictEqual(one.logs, other?.logs) && isSameRefusal(one.codes, other?.codes ?? []);
}

/** Of several reasons to refuse something of one log the program tells the first, but may pass over what is known. */
function isSameRefusal(
  one: ProgramPlayed['steps'][number]['codes'],
  other: PythonPlayed['steps'][number]['codes'],
): boolean {
  if (Array.isArray(one) || Array.isArray(other)) return isDeepStrictEqual(one, other);
  const told = Object.entries(one as Readonly<Record<string, string>>);
  const reasons = Object.entries(other as Readonly<Record<string, readonly string[]>>);
  const isReason = ([log, code]: readonly [string, string]): boolean =>
    reasons.some(([other, codes]) => other === log && firstOf(codes).includes(code));
  const isSure = ([, codes]: readonly [string, readonly string[]]): boolean => codes.some(isSureCode);
  return told.every(isReason) && reasons.filter(isSure).every(([log]) => told.some(([other]) => other === log));
}

/** What may be the first of the codes: the first that is sure, and those before it. */
function firstOf(codes: readonly string[]): string[] {
  const sure = codes.findIndex(isSureCode);
  return codes.slice(0, sure < 0 ? codes.length : sure + 1).map((code) => code.replace(/^maybe /, ''));
}

function isSureCode(code: string): boolean {
  return !code.startsWith('maybe ');
}

function isWithin(said: Acknowledged, more: Acknowledged): boolean {
  return Object.entries(said).every(([log, seqs]) => seqs.every((seq) => more[log]?.includes(seq) === true));
}
