// What happens while drives are watched, as plain values (spec/cli.md, "watch").

/** A drive as it names itself: a stranger's word. */
export interface Named {
  readonly directory: string;
  readonly drive: string;
  readonly label: string;
}

/** What a visit says of itself, as `satchel sync --json` reports it; more fields may be there. */
export interface VisitDocument {
  readonly new: number;
  readonly skipped: number;
  readonly refused: number;
  readonly bundles: readonly { readonly file: string; readonly messages: number; readonly error: Failure | null }[];
  /** Attachments that were taken in. */
  readonly blobs?: { readonly bytes: number };
  readonly arriving: readonly string[];
  readonly strangers: readonly { readonly name: string }[];
  readonly export: {
    readonly messages: number;
    readonly entries: number;
    readonly bytes: number;
    /** Entries that found no room. */
    readonly left: number;
    /** Attachments: what was added, and what waits for room. */
    readonly blobs?: { readonly bytes: number };
    readonly blobsLeft?: { readonly bytes: number };
  } | null;
  /** What was added for strangers, a bundle for each topic. */
  readonly forStrangers?: readonly NonNullable<VisitDocument['export']>[];
  /** False: the user never let anything be written there, and so nothing was. */
  readonly approved?: boolean;
  /** Sealed files that were left for want of the passphrase. */
  readonly waiting?: number;
  readonly removed: readonly unknown[];
  readonly touched: boolean;
  readonly unfinished: boolean;
  /** The repository was found to be restored or copied. */
  readonly renewed?: boolean;
}

/** What something failed of. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** One thing that happened. */
export type WatchEvent =
  | { readonly type: 'watching'; readonly directories: readonly string[]; readonly mounts: boolean }
  /** A folder that was given is not there, or no drive. */
  | { readonly type: 'waiting'; readonly directory: string; readonly reason: 'absent' | 'foreign' }
  | ({ readonly type: 'found' } & Named)
  /** A visit takes its time: the drive is in use. */
  | ({ readonly type: 'visiting' } & Named)
  /** A visit is over, and the drive may be taken out. */
  | ({ readonly type: 'visited'; readonly safe: true; readonly visit: VisitDocument } & Named)
  /** Nothing is written there until the user approves it; told once. */
  | ({ readonly type: 'unapproved' } & Named)
  /** Sealed files there wait for the passphrase of the secret keys; told once, until none does. */
  | ({ readonly type: 'locked'; readonly files: number } & Named)
  | ({
      readonly type: 'failed';
      readonly directory: string;
      readonly drive: string | null;
      readonly label: string | null;
    } & Failure)
  | ({
      readonly type: 'gone';
      /** While it was visited: the next visit goes on. */
      readonly interrupted: boolean;
    } & Named)
  | ({ readonly type: 'hook-failed'; readonly hook: string } & Failure)
  | { readonly type: 'stopped'; readonly signal: string };
