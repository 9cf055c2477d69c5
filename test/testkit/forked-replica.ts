// A repository beside a naive reader of the same (naive-log.ts), for logs with several pasts.
import fs from 'node:fs';
import { expect } from 'vitest';
import type { LogId, TopicId } from '../../src/format/ids.js';
import { decodeMeta } from '../../src/format/log/meta.js';
import { decodeProof } from '../../src/format/log/proof.js';
import { decodeSegment } from '../../src/format/log/segment.js';
import { checkRepository } from '../../src/repository/check.js';
import { createRepository, sealRepository } from '../../src/repository/create.js';
import { retractedBy } from '../../src/repository/index/retracted.js';
import { Repository } from '../../src/repository/repository.js';
import type { StoredEntry } from '../../src/repository/store/open-segment.js';
import { ackStateOf } from '../../src/topic/acks/acks.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';
import { decodeMessage } from '../../src/topic/message/message.js';
import { inOrder, isMessage } from '../../src/topic/order/order.js';
import { TOPIC } from './cast.js';
import { type Item, TODAY } from './forked-world.js';
import { NaiveLog } from './naive-log.js';
import { memoryDirectory } from './scratch.js';

const DAY_MS = 86_400_000;

/** What is known of one log. */
export interface LogState {
  readonly freeze: number | null;
  readonly held: readonly number[];
  readonly leftOver: readonly number[];
  readonly stripped: readonly number[];
}

/** One replica that meets logs with several pasts. */
export class ForkedReplica {
  readonly #directory = memoryDirectory();
  readonly #logs: readonly LogId[];
  readonly naive: readonly NaiveLog[];
  #repository: Repository;

  constructor(logs: readonly { readonly id: string }[]) {
    this.#logs = logs.map(({ id }) => id as LogId);
    this.naive = logs.map(() => new NaiveLog(TODAY));
    sealRepository(createRepository(this.#directory));
    this.#repository = this.#open();
  }

  get repository(): Repository {
    return this.#repository;
  }

  /** Takes a bundle; the code of each item's refusal. */
  take(bundle: readonly Pick<Item, 'kind' | 'bytes'>[]): (string | undefined)[] {
    const { repository } = this;
    return repository.locked(() =>
      repository.commit((commit) => {
        const codes = bundle.map((item) => {
          if (item.kind === 'segment') return commit.take(decodeSegment(item.bytes)).refusal?.code;
          commit.addProof(decodeProof(item.bytes));
          return undefined;
        });
        commit.heal();
        return codes;
      }),
    );
  }

  /** What the naive reader says of the same. */
  takeNaively(bundle: readonly Item[]): (string | undefined)[] {
    const codes = bundle.map((item) => {
      const log = this.naive[item.log] as NaiveLog;
      if (item.kind === 'segment') return log.take(item.naive);
      log.takeProof(item.length);
      return undefined;
    });
    for (const log of this.naive) log.commit();
    return codes;
  }

  /** What is known of each log. */
  states(): LogState[] {
    return statesOf(
      this.repository,
      this.#logs.map((id) => ({ id })),
    );
  }

  /** The same as the naive reader has it. */
  naiveStates(): LogState[] {
    return this.naive.map(({ freeze, held, leftOver, stripped }) => ({
      freeze: Number.isFinite(freeze) ? freeze : null,
      held,
      leftOver,
      stripped,
    }));
  }

  /** The messages that can be shown and are not marked, in order, as log and seq. */
  order(): string[] {
    const logs = this.repository.logsOfTopic(TOPIC.toString('hex') as TopicId);
    const gone = this.naive.map((log) => log.gone);
    const isGone = ({ log, seq, payload }: { log: LogId; seq: number; payload: Buffer | undefined }): boolean =>
      !payload || gone[this.#logs.indexOf(log)]?.has(seq) === true;
    return [...inOrder(this.repository, logs)].flatMap(({ entry }) =>
      isGone(entry) || this.#isMarked(entry) ? [] : `${this.#logs.indexOf(entry.log)}:${entry.seq}`,
    );
  }

  #isMarked({ log, seq }: Pick<StoredEntry, 'log' | 'seq'>): boolean {
    return seq >= (this.repository.frozen.get(log) ?? Number.POSITIVE_INFINITY);
  }

  /** Of the only log, the seqs of messages that are shown and not marked, and of acknowledgements that count. */
  shown(today: number): { order: number[]; acks: number[] } {
    const [log] = this.#logs as [LogId];
    const runs = this.repository.runs(log);
    const retracted = retractedBy(this.repository, log, runs, (run) => this.repository.segment(run).segment);
    const isShown = ({ seq, meta, payload }: StoredEntry): boolean =>
      payload !== undefined && !retracted.has(seq) && !((decodeMeta(meta).expires ?? Number.MAX_SAFE_INTEGER) <= today);
    const ordered = [...inOrder(this.repository, [{ log }], { everything: true })].map(({ entry }) => entry);
    const sound = ordered.filter((entry) => !this.#isMarked(entry));
    const seqs = (isWanted: (entry: StoredEntry) => boolean): number[] =>
      sound.filter((entry) => entry.seq > 0 && isShown(entry) && isWanted(entry)).map(({ seq }) => seq);
    return {
      order: seqs(isMessage),
      acks: seqs(({ payload }) => payload !== undefined && decodeMessage(payload)?.type === 'ack'),
    };
  }

  /** What each log acknowledges; where an acknowledgement was taken back, that depends on whether its payload is gone yet. */
  acks(): unknown[] {
    return this.#logs.map((log, i) => (this.naive[i]?.hasGoneAck ? [] : [...ackStateOf(this.repository, log).held]));
  }

  /** Throws the index away. */
  rebuild(): void {
    this.close();
    fs.rmSync(this.#repository.layout.index, { recursive: true, force: true });
    this.#repository = this.#open();
  }

  reopen(): void {
    this.close();
    this.#repository = this.#open();
  }

  expectSound(): void {
    const findings = [...checkRepository(this.repository, { all: true })];
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  }

  close(): void {
    this.#repository.close();
  }

  remove(): void {
    this.close();
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }

  #open(): Repository {
    const world = { now: () => TODAY * DAY_MS, random: (size: number) => Buffer.alloc(size) };
    return Repository.open(this.#directory, { interpreter: createInterpreter(), world, lockTimeoutMs: 10_000 });
  }
}

/** What a repository knows of each of these logs. */
export function statesOf(repository: Repository, logs: readonly { readonly id: string }[]): LogState[] {
  return logs.map(({ id }) => {
    const log = id as LogId;
    return {
      freeze: repository.frozen.get(log) ?? null,
      held: repository.held(log).flatMap(seqsIn),
      leftOver: repository.leftOver(log).flatMap(seqsIn),
      stripped: strippedIn(repository, log),
    };
  });
}

function strippedIn(repository: Repository, log: LogId): number[] {
  const freeze = repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
  const held = new Set(repository.held(log).flatMap(seqsIn));
  const seqs = repository.unheldRuns(log).flatMap(({ first, end }) => seqsIn({ from: first, end }));
  return [...new Set(seqs)].filter((seq) => seq < freeze && !held.has(seq)).sort((a, b) => a - b);
}

function seqsIn({ from, end }: { readonly from: number; readonly end: number }): number[] {
  return Array.from({ length: end - from }, (_, i) => from + i);
}
