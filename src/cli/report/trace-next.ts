// What to do for those who lack a message: carry what lies ready, else write it somewhere (spec/cli.md, "trace").

import { decidedRelation } from '../../identity/relations.js';
import { knownDrives } from '../../sync/drive/known.js';
import type { TracedOne } from '../../sync/known/trace.js';
import type { Context } from '../command/context.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import { personName, tracedName } from './person-name.js';
import type { Traced } from './traced.js';

/** A remark, and the command it names. */
export interface NextStep {
  readonly words: readonly string[];
  readonly command: string | null;
}

/** The most useful thing to do now. */
export function nextStep(context: Pick<Context, 'directory' | 'env'>, traced: Traced): NextStep {
  const { session, trace, view, people } = traced;
  const next = (rest: string): string => nextCommand(context.directory, rest, context.env);
  const names = (all: readonly TracedOne[]): string =>
    all.map((one) => escapeLine(tracedName(session, people, one))).join(', ');
  if (trace.unknown.length === 0) return nothing(traced);
  if (!trace.isPassedOn) return command('its topic is not passed on; to do so', next(`topic join ${topicWord(view)}`));
  const ready = trace.drives.filter(({ label }) => trace.unknown.every(({ waitsOn }) => waitsOn.includes(label)));
  const away = ready.find(({ isHere }) => !isHere) ?? ready[0];
  if (away) {
    const words = `carry drive ${escapeLine(away.label)} to ${names(trace.unknown)}`;
    return command(`${words}; when it is back`, next(`sync ${quoteWord(away.directory)}`));
  }
  // what lies on a drive can be carried; it cannot be written any more
  if (view.state === 'forgotten') return { words: [FORGOTTEN], command: null };
  const here = knownDrives(session.repository.layout).find(({ drive }) => drive);
  if (here) return command('to carry it', next(`sync ${quoteWord(here.directory)}`));
  const contact = trace.unknown.find(({ person }) => decidedRelation(session, person) === 'contact');
  const sent = trace.exports.length > 0 ? 'to write it again' : 'to carry it';
  // what own devices lack goes with any export
  if (!contact && trace.unknown.some(({ device }) => device)) return command(sent, next('export'));
  if (!contact) return { words: [NOBODY], command: null };
  return command(sent, next(`export --to ${quoteWord(personName(session, people, contact.person))}`));
}

const FORGOTTEN = 'it was forgotten here: somebody else who has it can bring it';
const NOBODY = 'nobody to bring it to';
const LOCKED = 'who else is to have it is not known while it is locked';

/** Of everybody concerned something is known. */
function nothing({ trace: { holders, declined }, view }: Traced): NextStep {
  // members who were not heard of yet show only with its keys
  if (view.state === 'locked') return { words: [LOCKED], command: null };
  if (holders.length === 0) return { words: [NOBODY], command: null };
  const who = declined.length > 0 ? 'everybody who wants it' : 'everybody concerned';
  return { words: [`${who} has it, as far as is known: nothing to do`], command: null };
}

function command(words: string, line: string): NextStep {
  return { words: [`${words}: ${line}`], command: line };
}

function topicWord({ topic, topicId }: Traced['view']): string {
  return quoteWord(topic === '' ? topicId : topic);
}
