// The program's own replica, told to answer what the replica in Python answers (main.py, "replica").
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../src/format/error.js';
import type { EntryId, LogId, TopicId } from '../../src/format/ids.js';
import { decodeProof, verifyProof } from '../../src/format/log/proof.js';
import { decodeSegment } from '../../src/format/log/segment.js';
import type { Commit } from '../../src/repository/commit.js';
import type { Repository } from '../../src/repository/repository.js';
import { ackStateOf } from '../../src/topic/acks/acks.js';
import { inOrder } from '../../src/topic/order/order.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { TOPIC } from '../testkit/cast.js';
import { Replica } from '../testkit/replica.js';
import { bundleOf, type Item } from './scenario.js';
import { TODAY } from './world.js';

/** What is known of one log. */
export interface LogState {
  readonly freeze: number | null;
  readonly held: readonly number[];
  readonly leftOver: readonly number[];
  readonly stripped: readonly number[];
}

/** A list of [log, seq, whatever is told of it]. */
export type Told<T> = readonly (readonly [log: string, seq: number, T])[];

/** What is known in the end. */
export interface End<T> {
  readonly order: Told<string>;
  readonly answers: Told<readonly [log: string, seq: number, id: string | null] | null>;
  /** By the log in which they stand. */
  readonly acks: Readonly<Record<string, T>>;
}

/** What the author of a log acknowledged of others: seqs, by log. */
export type Acknowledged = Readonly<Record<string, readonly number[]>>;

const LABEL = 'expedition';
const DAY_MS = 86_400_000;

/** Makes replicas of one person that has joined the topic; each is a copy of the first. */
export class Replicas {
  readonly #directory: string;
  #count = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(directory: string): Promise<Replicas> {
    const first = await Replica.create('reader', directory, TODAY * DAY_MS);
    first.join(LABEL).repository.close();
    return new Replicas(directory);
  }

  /** A replica that holds nothing yet. */
  next(): ProgramReplica {
    const directory = path.join(this.#directory, `copy ${this.#count++}`);
    fs.cpSync(path.join(this.#directory, 'reader'), directory, { recursive: true });
    return new ProgramReplica(Replica.at('reader', directory, TODAY * DAY_MS));
  }
}

/** One replica of the program. */
export class ProgramReplica {
  readonly #replica: Replica;

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** Takes these as one commit, proofs first; the code of each. */
  take(items: readonly Item[]): string[] {
    const { repository } = this.#replica;
    return repository.locked(() =>
      repository.commit((commit) => {
        const codes = new Map<Item, string>();
        for (const kind of ['proof', 'segment'] as const) {
          for (const item of items) if (item.kind === kind) codes.set(item, codeOf(commit, item));
        }
        commit.heal();
        return items.map((item) => codes.get(item) as string);
      }),
    );
  }

  /** Imports these as a bundle; the logs of which something was refused, each with one of the reasons. */
  import(items: readonly Item[]): Record<string, string> {
    const file = path.join(this.#replica.directory, 'bundle');
    fs.writeFileSync(file, bundleOf(items));
    return Object.fromEntries(this.#replica.import(file).refused.map(({ log, code }) => [log, code]));
  }

  /** Opens the repository anew, without its index if so told. */
  reopen({ rebuild = false } = {}): void {
    if (rebuild) fs.rmSync(this.#replica.repository.layout.index, { recursive: true, force: true });
    this.#replica.reopen();
  }

  /** What is known of each of these logs, but for those of which nothing is. */
  states(logs: readonly string[]): Record<string, LogState> {
    const known = logs.map((log) => [log, this.#state(log as LogId)] as const);
    return Object.fromEntries(known.filter(([, state]) => isSomething(state)));
  }

  end(logs: readonly string[]): End<Acknowledged> {
    const { repository, session } = this.#replica;
    const topic = { topic: TOPIC.toString('hex') as TopicId, label: LABEL };
    const viewer = openViewer(session, topic);
    const views = [...inOrder(repository, repository.logsOfTopic(topic.topic))].map(viewer.view);
    return {
      order: views.map(({ log, seq, state }) => [log, seq, state]),
      answers: views.map(({ log, seq, reply }) => [log, seq, reply ? [reply.log, reply.seq, reply.id ?? null] : null]),
      acks: Object.fromEntries(logs.map((log) => [log, acknowledged(repository, log as LogId)])),
    };
  }

  remove(): void {
    this.#replica.repository.close();
    fs.rmSync(this.#replica.directory, { recursive: true, force: true });
  }

  #state(log: LogId): LogState {
    const { repository } = this.#replica;
    const freeze = repository.frozen.get(log) ?? null;
    const held = repository.held(log).flatMap(seqsIn);
    const unheld = repository.unheldRuns(log).flatMap(({ first, end }) => seqsIn({ from: first, end }));
    const stripped = [...new Set(unheld)].filter((seq) => seq < (freeze ?? seq + 1) && !held.includes(seq));
    return {
      freeze,
      held,
      leftOver: repository.leftOver(log).flatMap(seqsIn),
      stripped: stripped.sort((a, b) => a - b),
    };
  }
}

function acknowledged(repository: Repository, log: LogId): Acknowledged {
  const { held } = ackStateOf(repository, log);
  return Object.fromEntries([...held].map(([other, ranges]) => [other, ranges.flatMap(seqsIn)]));
}

function codeOf(commit: Commit, { kind, bytes }: Item): string {
  try {
    if (kind === 'segment') return commit.take(decodeSegment(bytes)).refusal?.code ?? 'ok';
    const proof = decodeProof(bytes);
    if (!verifyProof(proof)) return 'bad-chain';
    commit.addProof(proof);
    return 'ok';
  } catch (error) {
    if (error instanceof SatchelError) return error.code;
    throw error;
  }
}

function isSomething({ freeze, held, leftOver, stripped }: LogState): boolean {
  return freeze !== null || held.length + leftOver.length + stripped.length > 0;
}

function seqsIn({ from, end }: { readonly from: number; readonly end: number; readonly id?: EntryId }): number[] {
  return Array.from({ length: end - from }, (_, i) => from + i);
}
