// What keys open in a world: each wrap, link and text once, since all its devices live in one process.
import type { EpochId, TopicId } from '../../src/format/ids.js';
import { entryKeys, openEntry } from '../../src/format/private/entry-cipher.js';
import { type EpochKeys, epochOf, mergedEpochs } from '../../src/format/private/epoch.js';
import { type LinkedSecrets, type Links, openLinks } from '../../src/format/private/link.js';
import { SIV_KINDS } from '../../src/format/private/siv.js';
import { decodeWrap, type WrapContent } from '../../src/format/private/wrap.js';
import type { Place } from './logs.js';
import type { Wrap } from './replica.js';

/** The keys in a wrap. */
export function keysIn(wrap: Wrap, topic: TopicId): readonly EpochKeys[] {
  const known = decoded.has(wrap) ? decoded.get(wrap) : decodeWrap(wrap.content);
  decoded.set(wrap, known);
  return known?.topic === topic ? known.epochs : [];
}

const decoded = new WeakMap<Wrap, WrapContent | undefined>();

/** The text that keys open there; each is opened once. */
export function openText({ data }: EpochKeys, place: Place, sealed: Buffer): string | undefined {
  if (!data) return undefined;
  const known = opened.get(sealed) ?? new Map<string, string | undefined>();
  opened.set(sealed, known);
  const name = data.toString('latin1');
  if (!known.has(name)) known.set(name, openedWith(data, place, sealed));
  return known.get(name);
}

function openedWith(data: Buffer, { log, seq }: Place, sealed: Buffer): string | undefined {
  const item = openEntry(entryKeys(data, log.log), { kind: SIV_KINDS.message, n: 0, seq }, sealed);
  return typeof item === 'string' ? item : undefined;
}

const opened = new WeakMap<Buffer, Map<string, string | undefined>>();

/** The keys to which those of an epoch lead by its links; C alone is believed. */
export function linkedBy(keys: EpochKeys, links: Links): readonly EpochKeys[] {
  const known = linked.get(links) ?? new Map<string, readonly EpochKeys[]>();
  linked.set(links, known);
  const name = Buffer.concat([keys.control, keys.data ?? Buffer.alloc(0)]).toString('latin1');
  const found = known.get(name) ?? openLinks(keys, links).flatMap(believed);
  known.set(name, found);
  return found;
}

function believed({ epoch, control, data }: LinkedSecrets): EpochKeys[] {
  if (!control) return [];
  return [data ? epochOf(control, data) : { id: epoch, control }];
}

const linked = new WeakMap<Links, Map<string, readonly EpochKeys[]>>();

/** Keys of epochs as they come. */
export class Keys {
  /** Grows with everything that is news. */
  version = 0;
  #all: readonly EpochKeys[] = [];
  #byId: ReadonlyMap<EpochId, EpochKeys> = new Map();

  /** The newest first. */
  get all(): readonly EpochKeys[] {
    return this.#all.toReversed();
  }

  epoch(id: EpochId): EpochKeys | undefined {
    return this.#byId.get(id);
  }

  learn(epochs: readonly EpochKeys[]): void {
    const after = mergedEpochs(this.#all, epochs);
    const isNews = after.length > this.#all.length || after.some((one, i) => one !== this.#all[i]);
    if (!isNews) return;
    this.#all = after;
    this.#byId = new Map(after.map((one) => [one.id, one]));
    this.version++;
  }
}
