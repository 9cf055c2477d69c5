// How `satchel watch` is started by itself at login, on each operating system (spec/cli.md, "service").

/** What the service runs. */
export interface Watcher {
  /** Tells services of several repositories apart; `satchel` for the usual one. */
  readonly name: string;
  /** Program and arguments, all paths absolute. */
  readonly command: readonly string[];
  /** What the program needs to know besides. */
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
}

/** The operating systems that there is a service for. */
export type System = 'linux' | 'macos' | 'windows';

/** A file to be written, and commands to be run after writing it and before removing it. */
export interface ServicePlan {
  readonly file: string;
  readonly content: string;
  readonly install: readonly (readonly string[])[];
  readonly uninstall: readonly (readonly string[])[];
  /** After the file is gone. */
  readonly afterwards: readonly (readonly string[])[];
}
