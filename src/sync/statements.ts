// What other devices said they hold and lack, from the frontiers and wants of their bundles (spec/bundle.md, "Frontier",
// "Wants").
import fs from 'node:fs';
import path from 'node:path';
import {
  decodeFrontier,
  encodeFrontier,
  type Frontier,
  type FrontierRange,
  frontierLogSize,
} from '../format/frontier.js';
import type { DeviceKey, LogId } from '../format/ids.js';
import { FRONTIER_MAX } from '../format/limits.js';
import type { Manifest } from '../format/manifest.js';
import { decodeWants, encodeWants, type Wants } from '../format/wants.js';
import { onDisk, readJsonIfGood, writeJsonLoosely } from '../repository/files.js';
import type { Repository } from '../repository/repository.js';

/** Devices whose statements are kept although they are no contacts' ... */
const OTHERS_MAX = 256;
/** ... and so many more before the oldest are looked for: that takes a look at each. */
const OTHERS_SLACK = 64;
/** Epochs remembered of one device. */
const EPOCHS_MAX = 8;

/** Frontiers' worth of logs remembered of one device. */
const FRONTIERS_MAX = 16;

/** What a device has said. */
export interface DeviceStatement {
  readonly epoch: string;
  /** For each log its latest word in this epoch. */
  readonly frontier: Frontier;
  /** What it lacks of the blobs that it wants. */
  readonly wants: Wants;
  /**
   * What its person acknowledged with commits up to this number no longer counts: the device began a new epoch then,
   * because it had been restored or repaired.
   */
  readonly voidBefore: number;
  /** When it was made, ms on the device's clock. */
  readonly created: number;
}

interface Stored {
  readonly epoch: string;
  readonly serials: Readonly<Record<string, number>>;
  readonly voidBefore: number;
  readonly created: number;
  readonly frontier: string;
  /** Earlier words of the epoch on other logs, the latest first. */
  readonly earlier?: readonly string[];
  readonly wants?: string;
}

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
  let frontier: Frontier | undefined;
  return {
    ...{ epoch, voidBefore, created },
    get frontier() {
      frontier ??= frontierOf(stored);
      return frontier;
    },
    get wants() {
      return wantsOf(stored);
    },
  };
}

/**
 * Keeps the statement of a verified bundle unless a later one of the same epoch is kept; on logs that it does not name, the
 * epoch's earlier ones count on. A device that speaks in another epoch than before has lost its memory: what was
 * acknowledged before is void.
 */
export function keepStatement(repository: Repository, manifest: Manifest, { frontier, wants }: Statement): boolean {
  const stored = readStored(repository, manifest.key);
  const last = stored?.serials[manifest.epoch];
  if (last !== undefined && manifest.serial <= last) return false;
  const isNewEpoch = stored !== undefined && stored.epoch !== manifest.epoch;
  const serials = Object.entries({ ...stored?.serials, [manifest.epoch]: manifest.serial }).slice(-EPOCHS_MAX);
  const kept: Stored = {
    epoch: manifest.epoch,
    serials: Object.fromEntries(serials),
    voidBefore: isNewEpoch ? repository.lastArrival : (stored?.voidBefore ?? 0),
    created: manifest.created,
    ...keptWants(frontier, wants, isNewEpoch ? undefined : stored),
    ...packed(stored && !isNewEpoch ? new Map([...frontier, ...notIn(frontier, frontierOf(stored))]) : frontier),
  };
  writeJsonLoosely(statementFile(repository, manifest.key), kept);
  return true;
}

/** Lets go of the oldest statements of devices that are none of these: anybody can make as many devices as they like. */
export function forgetStatements(repository: Repository, kept: ReadonlySet<DeviceKey>): void {
  const directory = statementDirectory(repository);
  onDisk('tidying the journal', () => {
    const others = fs.readdirSync(directory).filter((name) => !kept.has(name as DeviceKey));
    if (others.length <= OTHERS_MAX + OTHERS_SLACK) return;
    const files = others.map((name) => path.join(directory, name));
    const byAge = files.map((file) => ({ file, at: fs.statSync(file).mtimeMs })).sort((a, b) => a.at - b.at);
    for (const { file } of byAge.slice(0, -OTHERS_MAX)) fs.rmSync(file, { force: true });
  });
}

/** Who says what it holds and nothing of wants lacks nothing; a bundle that says neither leaves it at what was said. */
function keptWants(frontier: Frontier, wants: Wants | undefined, stored: Stored | undefined): Pick<Stored, 'wants'> {
  if (wants) return { wants: encodeWants(wants).toString('base64') };
  return frontier.size === 0 && stored?.wants !== undefined ? { wants: stored.wants } : {};
}

function wantsOf({ wants = '' }: Stored): Wants {
  return decodeWants(Buffer.from(wants, 'base64'));
}

function frontierOf({ frontier, earlier = [] }: Stored): Frontier {
  return new Map([frontier, ...earlier].flatMap((text) => [...decodeFrontier(Buffer.from(text, 'base64'))]));
}

function notIn(newer: Frontier, older: Frontier): Frontier {
  return new Map([...older].filter(([log]) => !newer.has(log)));
}

/** As many frontiers as it takes: what fits into one bundle is one. */
function packed(frontier: Frontier): Pick<Stored, 'frontier' | 'earlier'> {
  const parts = [new Map<LogId, readonly FrontierRange[]>()];
  let size = 0;
  for (const [log, ranges] of frontier) {
    const more = frontierLogSize(ranges.length);
    if (size + more > FRONTIER_MAX) {
      parts.push(new Map());
      size = 0;
    }
    parts.at(-1)?.set(log, ranges);
    size += more;
  }
  const [first = '', ...earlier] = parts.map((part) => encodeFrontier(part).toString('base64'));
  return { frontier: first, ...(earlier.length > 0 && { earlier: earlier.slice(0, FRONTIERS_MAX - 1) }) };
}

function readStored(repository: Repository, device: DeviceKey): Stored | undefined {
  const value = readJsonIfGood(statementFile(repository, device));
  return typeof value === 'object' && value !== null && 'frontier' in value ? (value as Stored) : undefined;
}

function statementFile(repository: Repository, device: DeviceKey): string {
  return path.join(statementDirectory(repository), device);
}

function statementDirectory(repository: Repository): string {
  return path.join(repository.layout.journal, 'frontiers');
}
