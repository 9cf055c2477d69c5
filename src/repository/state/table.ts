// Every small file of a repository (spec/repository.md, "Small files"): where it lies, and what it means when it is bad.

/** Whether something was decided in a file, or it can be done without. */
export type StateKind = 'decided' | 'derived';

/** One small file, or all of one sort. */
export interface StateEntry {
  /** Path below `.satchel`; each star stands for a name that consists of hex digits. */
  readonly at: string;
  readonly kind: StateKind;
  /** What stands before the checksum line. */
  readonly form: 'json' | 'text' | 'bytes';
  /** Whether what was written must survive a power cut; decided files always must. */
  readonly isDurable?: boolean;
  /** Where version 0.1 had it, if elsewhere. */
  readonly before?: string;
  /** What its user can do when it is bad. */
  readonly wayOn: string;
}

const decided = (at: string, wayOn: string, form: StateEntry['form'] = 'json') =>
  ({ at, kind: 'decided', form, isDurable: true, wayOn }) as const;
const derived = (at: string, form: StateEntry['form'] = 'json') =>
  ({ at, kind: 'derived', form, wayOn: 'nothing need be done: it is made anew' }) as const;
/** What counts as nothing when it is bad, and must be on the disk before the work goes on all the same. */
const durable = (at: string) => ({ ...derived(at), isDurable: true }) as const;

const restoreOr = (rest: string): string => `restore it from a backup, or move it away and ${rest}`;

/** All of them by what they are called in the program. */
export const STATE_TABLE = {
  config: {
    ...decided(
      'refs/config.json',
      'restore it from a backup, or run "satchel repair" and set again what is not as you want it',
    ),
    // which reads it before it looks at the format
    before: 'config.json',
  },
  head: decided('HEAD', 'run "satchel repair", or choose a topic with "satchel topic switch"', 'text'),
  self: decided(
    'refs/self.json',
    'restore it from a backup; without one, begin anew in another directory with "satchel init"',
  ),
  contacts: decided('refs/contacts.json', restoreOr('accept and block again: see "satchel contact add --help"')),
  devices: decided(
    'refs/devices.json',
    restoreOr('import again from whose devices it was, or accept their cards again'),
  ),
  waiting: decided('refs/waiting.json', restoreOr('begin anew with "satchel device request"')),
  topics: decided('refs/topics.json', restoreOr('join your topics again: see "satchel topic list"')),
  hidden: decided('refs/hidden.json', restoreOr('hide again what you do not want to see')),
  forgotten: decided('refs/forgotten.json', restoreOr('go on: what you forgot may come again')),
  drives: decided('refs/drives.json', restoreOr('let each drive be written to again with "satchel sync"')),
  consumer: decided(
    'refs/consumers/*.json',
    'restore it from a backup, or begin again with "satchel consumer remove": the consumer then gets everything once more',
  ),
  retired: decided('refs/retired.json', restoreOr('go on: logs that were given up have no keys here')),
  exchange: decided('objects/packs/exchange.json', 'move it away: what both the old and the new packs hold stays'),
  former: durable('refs/former.json'),
  notes: durable('refs/notes.json'),
  renewal: durable('refs/renewal.json'),
  damage: durable('refs/damage.json'),
  readers: durable('refs/readers.json'),
  forced: durable('refs/forced-renewals.json'),
  written: derived('refs/state'),
  marks: derived('journal/marks.json'),
  pendingStatements: derived('journal/pending-statements.json'),
  statement: derived('journal/frontiers/*'),
  acquaintances: derived('journal/acquaintances.json'),
  clockWarned: derived('journal/clock-warned.json'),
  sealTold: derived('journal/seal-told.json'),
  recoveryTold: derived('journal/recovery-told.json'),
  recipients: derived('journal/recipients.json'),
  drive: derived('journal/drives/*.json'),
  oneWay: derived('journal/drives/*.one-way.json'),
  store: derived('journal/stores/*.json'),
  verifiedSegments: derived('journal/drives/*/*', 'bytes'),
  verifiedChunks: derived('journal/drives/*/*.chunks', 'bytes'),
  verifiedFrontier: derived('journal/drives/*/*.frontier', 'bytes'),
  frozen: derived('index/frozen.json'),
  tidied: derived('index/tidied.json'),
  again: derived('index/again.json'),
  acks: derived('index/acks/*'),
  wraps: derived('index/wraps/*'),
  ends: derived('index/ends/*'),
  reason: durable('quarantine/*.json'),
} as const satisfies Readonly<Record<string, StateEntry>>;

/** What a small file is called in the program. */
export type StateName = keyof typeof STATE_TABLE;

/** What the table says of one. */
export function entryOf(name: StateName): StateEntry {
  return STATE_TABLE[name];
}

/** The path of one below `.satchel`; `keys` take the place of the stars. */
export function pathOfState(name: StateName, keys: readonly string[]): string {
  let i = 0;
  return STATE_TABLE[name].at.replace(/\*/g, () => keys[i++] ?? '');
}

/** What a path below `.satchel` is in the table, if anything. */
export function stateAt(file: string): StateName | undefined {
  patterns ??= (Object.keys(STATE_TABLE) as StateName[]).map((name) => [name, patternOf(STATE_TABLE[name].at)]);
  return patterns.find(([, pattern]) => pattern.test(file))?.[0];
}

let patterns: readonly (readonly [StateName, RegExp])[] | undefined;

function patternOf(at: string): RegExp {
  return new RegExp(`^${at.replace(/\./g, '\\.').replace(/\*/g, '[0-9a-f]+')}$`);
}
