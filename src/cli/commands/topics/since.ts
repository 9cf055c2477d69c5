// `--since` of commands that take somebody, or a device, out: what came here before that time counts (spec/cli.md, "Private topics").
import { SatchelError } from '../../../format/error.js';
import type { Repository } from '../../../repository/repository.js';
import { commitBefore } from '../../../topic/private/held-then.js';
import { parsePast } from '../../terminal/moment.js';

/** A time as it was typed, and in ms. */
export interface Since {
  readonly text: string;
  readonly timeMs: number;
}

/** The time that was given, if any. @throws SatchelError `usage`, also for one that is still to come */
export function sinceOf(text: string | undefined, nowMs: number): Since | undefined {
  if (text === undefined) return undefined;
  const timeMs = parsePast('--since', text, nowMs);
  if (timeMs <= nowMs) return { text, timeMs };
  throw new SatchelError('usage', `--since is "${text}", expected a time that was`, {
    hint: 'leave it out for what comes from now on',
  });
}

/** The last commit before that time; the last one there is where none was given. @throws SatchelError `usage` */
export function lastCommit(repository: Repository, since: Since | undefined): number {
  if (!since) return repository.lastArrival;
  const commit = commitBefore(repository, since.timeMs);
  if (commit !== undefined) return commit;
  throw new SatchelError('usage', `nothing tells any more what had come here before "${since.text}"`, {
    hint: 'give a later time',
  });
}
