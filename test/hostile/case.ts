// What a case of the hostile corpus is: bytes that somebody made to hurt, and the commands that meet them.

/** A command of the built program; `FILE` stands for where the bytes lie. */
export interface Run {
  readonly args: readonly string[];
  /** The exit status that spec/cli.md lists for it. */
  readonly exit: number;
}

/** One way to be hostile; variants of one number are one case. */
export interface HostileCase {
  readonly name: string;
  /** The same bytes at every call. */
  readonly content: () => Buffer;
  readonly runs: readonly Run[];
  /** Many megabytes: only the command runs it. */
  readonly isBig?: boolean;
  /** Nothing in it is refused, and what it takes grows with its bytes alone: its time is told apart, and not limited. */
  readonly isSound?: boolean;
  /** Something in it may be taken; else the repository must stay as it is, but for its quarantine. */
  readonly isTaken?: boolean;
}

/** The cases of one decoder. */
export interface Kind {
  readonly name: string;
  /** Where the bytes lie, below a directory that every case has for itself; `-` is standard input. */
  readonly place: string;
  readonly cases: readonly HostileCase[];
  /** Processor time above a start that they may take, where that is less than what others may. */
  readonly cpuMaxMs?: number;
  /** They meet a device that waits to become somebody's. */
  readonly isWaiting?: boolean;
  /** The exit status of the first run, found in process. */
  readonly judge: (content: Buffer) => number | Promise<number>;
}

/** What stands for the place of the bytes in arguments. */
export const FILE = 'FILE';

/** Verifies, explains and imports a bundle; `imported` is the status of the import where that is another. */
export function bundleRuns(verified: number, imported = verified): readonly Run[] {
  return [
    { args: ['verify', FILE], exit: verified },
    { args: ['inspect', '--text', FILE], exit: verified },
    { args: ['import', FILE], exit: imported },
  ];
}
