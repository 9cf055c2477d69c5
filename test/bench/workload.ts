// What is measured with: who writes what when, and what answers what. Deterministic; made again by whoever needs it, so
// that no process has to hold all of it.
import { Chance } from './chance.js';
import { Words } from './words.js';

/** One message. */
export interface Message {
  readonly author: number;
  /** ms; messages come in the order of their times. */
  readonly time: number;
  readonly text: string;
  /** The message it answers: an author's so-and-so-many-th. */
  readonly reply?: { readonly author: number; readonly nth: number } | undefined;
}

/** Messages in rounds. */
export interface Workload {
  /** `[a-z0-9-]`; names its directory in the cache. */
  readonly name: string;
  readonly authors: readonly string[];
  /** Messages in all rounds together. */
  readonly messages: number;
  /**
   * Everybody gets everything; or authors know nobody, and somebody gathers what they write, in rounds or all at once; or the same
   * is written twice, in the open and in a private topic.
   */
  readonly meeting: 'all' | 'gathered' | 'crowd' | 'twice';
  rounds(): Iterable<readonly Message[]>;
  /** One round more: what a receiver lacks that has all rounds. */
  readonly delta: readonly Message[];
}

const START = Date.UTC(2025, 0, 1);
const ROUNDS = 20;
const ROUND_MS = 86_400_000;
const NAMES = ['ana', 'ben', 'cem', 'dia', 'eli', 'fay', 'gus', 'hou', 'ivo', 'jun'];
const REPLY_EVERY = 3;

/** The standard workload: 10 authors, 20 rounds, every third message of a later round answers another author's earlier one. */
export function standardWorkload(messages: number): Workload {
  const perRound = messages / ROUNDS;
  if (perRound % NAMES.length !== 0) throw new Error(`${messages} messages can't be spread over authors and rounds`);
  return {
    name: `standard-${messages}`,
    authors: NAMES,
    messages,
    meeting: 'all',
    *rounds() {
      for (let round = 0; round < ROUNDS; round++) yield standardRound(round, perRound, perRound);
    },
    delta: standardRound(ROUNDS, messages / 100, perRound),
  };
}

function standardRound(round: number, size: number, earlierSize: number): Message[] {
  const chance = new Chance(round + 1);
  const words = new Words(chance);
  return Array.from({ length: size }, (_, i) => {
    const author = i % NAMES.length;
    const time = START + round * ROUND_MS + Math.floor((i / size) * ROUND_MS);
    const earlier = (round * earlierSize) / NAMES.length;
    const isReply = round > 0 && Math.floor(i / NAMES.length) % REPLY_EVERY === 0;
    return { author, time, text: words.next(), reply: isReply ? replyTo(chance, author, earlier) : undefined };
  });
}

function replyTo(chance: Chance, author: number, earlier: number): { author: number; nth: number } {
  return { author: (author + 1 + chance.below(NAMES.length - 1)) % NAMES.length, nth: chance.below(earlier) };
}

/** The standard workload without its answers, in the open and in a private topic. */
export function privateWorkload(messages: number): Workload {
  return { ...standardWorkload(messages), name: `private-${messages}`, meeting: 'twice' };
}

/** Many who say little: one round of as many logs, each with 10 messages. */
export function manyLogsWorkload(logs: number): Workload {
  const authors = Array.from({ length: logs }, (_, i) => `p${i}`);
  const round = (start: number, each: number, seed: number): Message[] => {
    const words = new Words(new Chance(seed));
    return Array.from({ length: logs * each }, (_, i) => {
      return { author: Math.floor(i / each), time: start + i, text: words.next() };
    });
  };
  const first = round(START, 10, 1_001);
  return {
    name: `many-logs-${logs}`,
    authors,
    messages: first.length,
    meeting: 'crowd',
    rounds: () => [first],
    // one message each of one author in ten: 1 %
    delta: round(START + ROUND_MS, 1, 1_002).filter(({ author }) => author % 10 === 0),
  };
}

/** The message as a line of NDJSON; what it answers is named by author and number. */
export function ndjsonLine(workload: Workload, { author, time, text, reply }: Message): string {
  const answers = reply && { reply: `${workload.authors[reply.author]}/${reply.nth}` };
  return `${JSON.stringify({ author: workload.authors[author], time, text, ...answers })}\n`;
}
