// What stands in each small file, in JSON or as text (spec/repository.md, "Small files"). The one owner of zod; loaded only
// for files without a checksum, and by who looks at all of them: what bears ours was written by this program.
import * as z from 'zod/mini';
import { decodeFrontier } from '../../format/bundle/frontier.js';
import { decodeWants } from '../../format/bundle/wants.js';
import type { DeviceKey, Digest, EntryId, EpochId, LogId, PersonId, TopicId } from '../../format/ids.js';
import type { StateName } from './table.js';

const hex = (digits: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const id = <T extends string>() => z.custom<T>((value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));
const whole = z.int().check(z.nonnegative());
const time = z.number();
const ranges = z.record(hex(64), z.array(z.tuple([whole, whole])));
const held = z.tuple([id<LogId>(), z.array(z.object({ from: whole, end: whole, id: id<EntryId>() }))]);

const contact = z.object({
  person: id<PersonId>(),
  petname: z.string(),
  device: id<DeviceKey>(),
  card: z.string(),
  serial: z.int().check(z.positive()),
  added: whole,
  accepted: z.boolean(),
  confirmed: z.boolean(),
  blocked: z.boolean(),
  former: z.optional(z.boolean()),
});

const devicesOfOne = z.object({
  person: id<PersonId>(),
  known: z.int().check(z.positive()),
  cards: z.array(z.object({ device: id<DeviceKey>(), serial: z.int().check(z.positive()), card: z.string() })),
  lists: z.array(z.tuple([z.string(), z.string()])),
  asked: z.optional(z.array(z.object({ device: id<DeviceKey>(), recipient: hex(64) }))),
  labels: z.optional(z.array(z.object({ device: id<DeviceKey>(), label: z.string() }))),
  gone: z.optional(z.array(z.object({ device: id<DeviceKey>(), commit: whole, isChosen: z.optional(z.boolean()) }))),
  recovered: z.optional(z.object({ commit: whole, isOpen: z.optional(z.boolean()) })),
});

const topic = z.object({
  topic: id<TopicId>(),
  label: z.string(),
  kind: z.enum(['rendezvous', 'created', 'seen', 'private']),
  joined: z.boolean(),
  muted: z.boolean(),
  receipts: z.enum(['auto', 'on', 'off']),
  carry: z.boolean(),
  invitedBy: z.optional(id<PersonId>()),
  removedBy: z.optional(id<PersonId>()),
});

const missing = z.object({ log: id<LogId>(), topic: z.optional(id<TopicId>()), from: whole, end: whole });

const seenFile = z.object({
  size: whole,
  mtime: time,
  front: id<Digest>(),
  tag: z.optional(z.string()),
  looked: z.optional(time),
  digest: z.optional(id<Digest>()),
  segments: z.optional(whole),
  chunks: z.optional(whole),
  stated: z.optional(whole),
  checked: z.optional(time),
  by: z.optional(id<DeviceKey>()),
  made: z.optional(z.object({ epoch: hex(32), serial: whole, created: time })),
  written: z.optional(time),
  proofs: z.optional(z.boolean()),
  topic: z.optional(id<TopicId>()),
  seen: z.optional(time),
  sealed: z.optional(z.boolean()),
  for: z.optional(z.array(id<PersonId>())),
  to: z.optional(z.array(hex(64))),
  tried: z.optional(z.string()),
  problem: z.optional(z.string()),
  left: z.optional(z.boolean()),
  passedBy: z.optional(z.boolean()),
  wants: z.optional(z.string()),
});

const frontier = z.string().check(z.refine((text) => doesDecode(text, decodeFrontier)));
const wants = z.optional(z.string().check(z.refine((text) => doesDecode(text, decodeWants))));
const word = z.object({ serial: whole, frontier, wants });
const statement = z.object({
  epoch: z.string(),
  serials: z.record(z.string(), whole),
  voidBefore: whole,
  created: time,
  words: z.array(word),
});
/** As version 0.1 noted it: one word on what is lacked for all logs. */
const statementBefore = z.object({
  ...{ epoch: z.string(), serials: z.record(z.string(), whole), voidBefore: whole, created: time },
  frontier,
  earlier: z.optional(z.array(frontier)),
  wants,
});

/** What was sent to one destination; `pending-statements.json` holds one for each. */
const lengths = z.record(z.string(), whole);

/** The shape of each. */
export const SHAPES = {
  config: z.record(z.string(), z.unknown()),
  head: z.string().check(z.regex(/^(?:[0-9a-f]{64}\n?)?$/)),
  self: z.object({
    person: id<PersonId>(),
    device: id<DeviceKey>(),
    name: z.string(),
    card: z.string(),
    epoch: hex(32),
    serial: whole,
    cardSeen: z.optional(whole),
    recoveryPrinted: z.optional(z.boolean()),
    at: z.optional(z.array(z.string())),
  }),
  recipients: z.object({
    keys: z.array(z.object({ recipient: hex(64), published: z.optional(time), opened: z.optional(time) })),
    by: z.optional(z.array(z.object({ device: id<DeviceKey>(), recipient: hex(64), made: time }))),
  }),
  former: z.object({ person: id<PersonId>(), device: id<DeviceKey>(), name: z.string(), card: z.string() }),
  contacts: z.object({ contacts: z.array(contact) }),
  waiting: z.object({ request: z.string() }),
  devices: z.object({ persons: z.array(devicesOfOne) }),
  topics: z.object({ topics: z.array(topic), carryAll: z.optional(z.boolean()) }),
  hidden: z.object({ hidden: z.array(id<EntryId>()) }),
  forgotten: z.object({
    forgotten: z.array(z.object({ log: id<LogId>(), ranges: z.array(z.tuple([whole, whole])) })),
  }),
  drives: z.object({
    drives: z.array(
      z.object({
        drive: hex(32),
        topics: z.optional(z.array(id<TopicId>())),
        approved: z.optional(z.boolean()),
        own: z.optional(z.boolean()),
      }),
    ),
  }),
  consumer: z.object({
    name: z.string(),
    offset: whole,
    changed: whole,
    handedOut: z.array(z.object({ log: id<LogId>(), seq: whole, id: id<EntryId>(), marked: z.optional(z.boolean()) })),
    done: z.record(id<LogId>(), z.array(z.tuple([whole, whole]))),
    passed: z.record(id<LogId>(), z.array(z.tuple([whole, whole]))),
    judgedBy: z.string(),
    judgedAt: time,
  }),
  retired: z.array(id<LogId>()),
  exchange: z.object({
    ...{ remove: z.array(whole), add: z.array(whole) },
    ...{ aside: z.optional(z.array(whole)), erased: z.optional(z.boolean()) },
  }),
  notes: z.object({
    notes: z.array(z.object({ name: hex(32), birth: z.optional(z.string().check(z.regex(/^\d+$/))) })),
    belief: z.optional(z.object({ at: whole, contradicted: whole })),
    offSince: z.optional(whole),
  }),
  renewal: z.object({
    at: whole,
    cause: z.enum(['restored', 'copied', 'no-note', 'forked', 'damaged']),
    missing: z.array(missing),
    epoch: z.string(),
    isExported: z.boolean(),
  }),
  damage: z.object({
    ...{ at: time, arrival: whole, unknownBytes: whole, setAside: z.array(z.string()), isTold: z.boolean() },
    lost: z.array(z.object({ log: id<LogId>(), ranges: z.array(z.object({ from: whole, end: whole })) })),
    read: z.array(z.object({ log: id<LogId>(), ranges: z.array(z.object({ from: whole, end: whole })) })),
    introductions: z.array(
      z.object({
        ...{ log: id<LogId>(), topic: id<TopicId>(), person: id<PersonId>(), device: id<DeviceKey>() },
        continues: z.optional(z.boolean()),
      }),
    ),
  }),
  forced: z.object({ renewals: z.array(z.object({ topic: id<TopicId>(), person: id<PersonId>(), at: time })) }),
  readers: z.object({ devices: z.array(id<DeviceKey>()) }),
  written: z.object({ format: z.optional(whole), decided: z.array(z.string()) }),
  marks: z.record(id<TopicId>(), whole),
  pendingStatements: z.object({
    sent: z.record(z.string(), lengths),
    stated: lengths,
    wanted: lengths,
    owed: z.record(id<DeviceKey>(), z.array(id<LogId>())),
  }),
  statement: z.union([statement, statementBefore]),
  acquaintances: z.array(z.object({ person: id<PersonId>(), name: z.string(), card: z.string() })),
  clockWarned: z.object({ at: time }),
  recoveryTold: z.object({ at: time }),
  sealTold: z.object({ at: time }),
  drive: z.object({
    label: z.string(),
    directory: z.string(),
    first: time,
    last: time,
    files: z.record(z.string(), seenFile),
    listed: z.optional(z.record(id<PersonId>(), time)),
    unapproved: z.optional(z.boolean()),
    locked: z.optional(whole),
    open: z.optional(z.boolean()),
    mayBeOpen: z.optional(z.boolean()),
    dropped: z.optional(z.array(id<PersonId>())),
    visitors: z.optional(z.record(id<DeviceKey>(), time)),
  }),
  oneWay: z.object({
    blocks: z.array(z.object({ at: time, ranges })),
    files: z.record(z.string(), ranges),
  }),
  store: z.object({
    url: z.string(),
    drive: hex(32),
    small: z.record(z.string(), z.object({ tag: z.string(), bytes: z.string() })),
    keepsAll: z.optional(z.boolean()),
    edition: z.optional(whole),
  }),
  frozen: z.record(id<LogId>(), whole),
  tidied: z.object({ arrival: whole, units: whole, sealed: whole }),
  again: z.string(),
  acks: z.object({
    ...{ version: whole, end: whole, id: id<EntryId>(), pack: whole, offset: whole, voidBefore: whole, since: whole },
    acks: z.array(whole),
    held: z.array(held),
  }),
  wraps: z.object({
    keys: z.array(hex(64)),
    at: time,
    tried: z.record(hex(32), z.array(z.tuple([id<EpochId>(), z.boolean()]))),
  }),
  ends: z.object({
    of: hex(64),
    ended: z.array(z.object({ log: id<LogId>(), state: z.string(), end: z.optional(whole) })),
  }),
  reason: z.object({
    digest: id<Digest>(),
    file: z.string(),
    code: z.string(),
    message: z.string(),
    at: time,
    size: z.optional(whole),
  }),
} as const satisfies Partial<Record<StateName, z.ZodMiniType>>;

function doesDecode(text: string, decode: (bytes: Buffer) => unknown): boolean {
  try {
    decode(Buffer.from(text, 'base64'));
    return true;
  } catch {
    return false;
  }
}

/** The first thing in a value that is not as it should be, in words; undefined when it has its shape. */
export function misfit(name: keyof typeof SHAPES, value: unknown): string | undefined {
  const parsed = SHAPES[name].safeParse(value);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'the whole'} is not as expected (${issue?.code ?? 'unknown'})`;
}

/** What a small file holds. */
export type Shaped = { readonly [N in keyof typeof SHAPES]: Frozen<z.infer<(typeof SHAPES)[N]>> };

type Plain = string | number | boolean | null | undefined;
type Frozen<T> = T extends Plain
  ? T
  : T extends readonly unknown[]
    ? { readonly [I in keyof T]: Frozen<T[I]> }
    : T extends object
      ? { readonly [K in keyof T]: Frozen<T[K]> }
      : T;
