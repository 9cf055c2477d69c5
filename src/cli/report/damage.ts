// What is said below a conversation of what was damaged in it on this disk (spec/cli.md, "Reading").
import type { LogId } from '../../format/ids.js';
import { countRanges } from '../../repository/index/held.js';
import type { Session } from '../../sync/session.js';
import type { Viewer } from '../../topic/reading/viewer.js';
import type { Context } from '../command/context.js';
import { piecesOf } from '../terminal/size.js';
import { authorName } from './messages.js';

/** One line for each author of whom something in the topic was damaged, and what brings it back. */
export function noteDamage(context: Context, { repository }: Session, { topic, people }: Viewer): void {
  // where nothing at all is left, only the note knows where a log belonged
  const noted = new Map(repository.damage.introductions.map((one) => [one.log, one.topic]));
  const isOfTopic = (log: LogId): boolean => (repository.log(log)?.topic ?? noted.get(log)) === topic.topic;
  const counts = new Map<string, number>();
  for (const log of repository.logsWithLoss().filter(isOfTopic)) {
    const name = authorName(people.authorOf(log), people.isOwn(log));
    counts.set(name, (counts.get(name) ?? 0) + countRanges(repository.lost(log)));
  }
  for (const [name, count] of counts) context.note(`⋯ ${piecesOf(count)} of ${name} ${verb(count)} damaged here`);
  if (counts.size === 0) return;
  const isFailing = repository.packs.badSpots.length > 0;
  const wayOn = isFailing ? 'the disk cannot read all of its packs' : 'any bundle that holds them brings them back';
  context.note(`${wayOn}; "satchel repair" says more`);
}

function verb(count: number): string {
  return count === 1 ? 'was' : 'were';
}
