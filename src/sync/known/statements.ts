// What other devices said they hold and lack, from the frontiers and wants of their bundles (spec/bundle.md, "Frontier",
// "Wants").

import path from 'node:path';
import { decodeFrontier, encodeFrontier, type Frontier, frontierSize } from '../../format/bundle/frontier.js';
import type { Manifest } from '../../format/bundle/manifest.js';
import { decodeWants, encodeWants, type Wants } from '../../format/bundle/wants.js';
import type { DeviceKey, Digest, LogId } from '../../format/ids.js';
import { FRONTIER_MAX } from '../../format/limits.js';
import type { Range } from '../../format/log/meta.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import type { Repository } from '../../repository/repository.js';
import { readState, type Stored as StoredState, writeState } from '../../repository/state.js';

/** Devices whose statements are kept although they are no contacts' ... */
const OTHERS_MAX = 256;
/** ... and so many more before the oldest are looked for: that takes a look at each. */
const OTHERS_SLACK = 64;
/** Epochs remembered of one device. */
const EPOCHS_MAX = 8;
const NO_WANTS: Wants = Object.freeze({ blobs: new Map(), isCut: false });

/** Words of one device that are remembered: each names logs that no later one names. */
const WORDS_MAX = 256;
/** Bytes of frontiers remembered of one device. */
const WORDS_BYTES = 16 * FRONTIER_MAX;

/** What a device has said. */
export interface DeviceStatement {
  readonly epoch: string;
  /** For each log its latest word in this epoch. */
  readonly frontier: Frontier;
  /** What it said of the blobs that it wants: the latest word on a blob's entries counts. */
  readonly wants: StatedWants;
  /**
   * What its person acknowledged with commits up to this number no longer counts: the device began a new epoch then,
   * because it had been restored or repaired.
   */
  readonly voidBefore: number;
  /** When it was made, ms on the device's clock. */
  readonly created: number;
}

/** What a device said of what it lacks. */
export interface StatedWants {
  /** The chunks of the blob that it lacks, none for all of it, by its latest word on these logs; undefined when it named none. */
  named(root: Digest, logs: readonly LogId[]): readonly Range[] | undefined;
  /** Whether what it does not name is lacked nevertheless, or may be, by its latest word on the log. */
  isCut(log: LogId): boolean;
}

/** What one bundle said, less the logs that a later one names too. */
interface Word {
  readonly serial: number;
  readonly frontier: Frontier;
  readonly wants: Wants;
}

/** As version 0.1 noted it: one word on what is lacked for all logs. */
type StoredBefore = Exclude<StoredState<'statement'>, { readonly words: unknown }>;
/** Its words: the latest first. */
type Stored = Exclude<StoredState<'statement'>, StoredBefore>;
type StoredWord = Stored['words'][number];

/** What one bundle says. */
export interface Statement {
  readonly frontier: Frontier;
  /** Undefined when the bundle has no such member. */
  readonly wants: Wants | undefined;
}

/** The device's statement, if it ever made one. */
export function readStatement(repository: Repository, device: DeviceKey): DeviceStatement | undefined {
  const stored = readStored(repository, device);
  if (!stored) return undefined;
  const { epoch, voidBefore, created } = stored;
  let words: readonly Word[] | undefined;
  const read = (): readonly Word[] => {
    words ??= stored.words.map(decodeWord);
    return words;
  };
  let frontier: Frontier | undefined;
  return {
    epoch,
    voidBefore,
    created,
    get frontier() {
      frontier ??= new Map(read().flatMap((word) => [...word.frontier]));
      return frontier;
    },
    get wants() {
      return statedWants(read());
    },
  };
}

/** Who makes a statement, and when in its epoch. */
export type Maker = Pick<Manifest, 'key' | 'epoch' | 'serial' | 'created'>;

/** How it is kept. */
export interface KeepOptions {
  /** Under one serial it is said piece by piece: what is said later counts over what was said before. */
  readonly isFurther?: boolean;
}

/**
 * Keeps the statement of a verified bundle, or of a stream; false when later ones of the same epoch name all that it names. On logs that it
 * does not name, other bundles of the epoch count on. A device that speaks in another epoch than before has lost its memory:
 * what was acknowledged before is void.
 */
export function keepStatement(
  repository: Repository,
  manifest: Maker,
  statement: Statement,
  { isFurther = false }: KeepOptions = {},
): boolean {
  const stored = readStored(repository, manifest.key);
  const last = stored?.serials[manifest.epoch];
  const isNewEpoch = stored !== undefined && stored.epoch !== manifest.epoch;
  const before = isNewEpoch ? [] : (stored?.words ?? []);
  const words = withWord(before.map(decodeWord), wordOf(manifest, statement));
  const isLate = last !== undefined && manifest.serial <= last;
  const isSaid = !isFurther && before.some(({ serial }) => serial === manifest.serial);
  if (isLate && (isNewEpoch || !words || isSaid)) return false;
  const serials = { ...stored?.serials, [manifest.epoch]: Math.max(last ?? 0, manifest.serial) };
  const kept: Stored = {
    epoch: manifest.epoch,
    serials: Object.fromEntries(Object.entries(serials).slice(-EPOCHS_MAX)),
    voidBefore: isNewEpoch ? repository.lastArrival : (stored?.voidBefore ?? 0),
    created: (isLate ? stored?.created : undefined) ?? manifest.created,
    words: words?.map(encodeWord) ?? before,
  };
  writeState(repository.layout, 'statement', kept, manifest.key);
  return true;
}

function wordOf({ serial }: Maker, { frontier, wants }: Statement): Word {
  return { serial, frontier, wants: wants ?? NO_WANTS };
}

/** The words with one more, each less what a later one names; undefined when that one says nothing. */
function withWord(words: readonly Word[], word: Word): readonly Word[] | undefined {
  // the later one first where the serial is the same
  const ordered = [word, ...words].sort((a, b) => b.serial - a.serial);
  const named = new Set<LogId>();
  const kept = ordered.flatMap((one) => {
    const frontier = new Map([...one.frontier].filter(([log]) => !named.has(log)));
    for (const log of frontier.keys()) named.add(log);
    return frontier.size > 0 ? [{ ...one, frontier }] : [];
  });
  return kept.some(({ serial }) => serial === word.serial) ? within(kept) : undefined;
}

/** What was said longest ago is forgotten. */
function within(words: readonly Word[]): readonly Word[] {
  let left = WORDS_BYTES;
  return words.slice(0, WORDS_MAX).filter(({ frontier }) => {
    left -= frontierSize(frontier);
    return left >= 0;
  });
}

/** Of several logs the latest word counts; a blob may be named beside an entry that the frontier had no room for. */
function statedWants(words: readonly Word[]): StatedWants {
  return {
    named: (root, logs) => {
      const about = words.find(({ frontier }) => logs.some((log) => frontier.has(log)));
      const naming = words.find(({ wants }) => wants.blobs.has(root));
      return (about ?? naming)?.wants.blobs.get(root);
    },
    isCut: (log) => words.find(({ frontier }) => frontier.has(log))?.wants.isCut ?? false,
  };
}

function decodeWord({ serial, frontier, wants = '' }: StoredWord): Word {
  return {
    serial,
    frontier: decodeFrontier(Buffer.from(frontier, 'base64')),
    wants: decodeWants(Buffer.from(wants, 'base64')),
  };
}

function encodeWord({ serial, frontier, wants }: Word): StoredWord {
  const lacked = encodeWants(wants).toString('base64');
  return { serial, frontier: encodeFrontier(frontier).toString('base64'), ...(lacked !== '' && { wants: lacked }) };
}

/** Lets go of the oldest statements of devices that are none of these: anybody can make as many devices as they like. */
export function forgetStatements(repository: Repository, kept: ReadonlySet<DeviceKey>): void {
  const directory = statementDirectory(repository);
  onDisk('tidying the journal', () => {
    // a disk that could not keep the first of them has made no folder either
    if (!disk.stat(directory)) return;
    const others = disk.names(directory).filter((name) => !kept.has(name as DeviceKey));
    if (others.length <= OTHERS_MAX + OTHERS_SLACK) return;
    const files = others.map((name) => path.join(directory, name));
    const byAge = files.map((file) => ({ file, at: disk.stat(file)?.mtimeMs ?? 0 })).sort((a, b) => a.at - b.at);
    for (const { file } of byAge.slice(0, -OTHERS_MAX)) disk.remove(file);
  });
}

function readStored(repository: Repository, device: DeviceKey): Stored | undefined {
  const value = readState(repository.layout, 'statement', device);
  return value && ('words' in value ? value : inWords(value));
}

function inWords({ frontier, earlier = [], wants, ...rest }: StoredBefore): Stored {
  const serial = rest.serials[rest.epoch] ?? 0;
  const lacked = wants !== undefined && { wants };
  const words = [frontier, ...earlier].map((text, i) => ({ serial: serial - i, frontier: text, ...lacked }));
  return { ...rest, words };
}

function statementDirectory(repository: Repository): string {
  return path.join(repository.layout.journal, 'frontiers');
}
