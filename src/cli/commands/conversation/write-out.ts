// read --html, --markdown, --mbox: conversations as files that are read without satchel (spec/cli.md, "Reading elsewhere").
import { SatchelError } from '../../../format/error.js';
import { type LogId, shortId } from '../../../format/ids.js';
import { RangeSet } from '../../../repository/index/range-set.js';
import type { Session } from '../../../sync/session.js';
import type { OrderedEntry } from '../../../topic/order/order.js';
import { openPeople } from '../../../topic/reading/people.js';
import { readTopic, type Wanted } from '../../../topic/reading/reading.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import type { Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { htmlOf } from '../../readable/html.js';
import { markdownOf } from '../../readable/markdown.js';
import { mboxOf } from '../../readable/mbox.js';
import type { Conversation, Form } from '../../readable/readable.js';
import { attachmentLine } from '../../report/attachment-lines.js';
import { personName } from '../../report/person-name.js';
import { escapeLine, escapeName, jsonText } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { STDOUT } from '../exchange/output-spool.js';
import { type Lacking, saveAttachments } from './write-out-attachments.js';
import { fileAt, fileWithFolder, type Place, pageIn } from './write-out-place.js';

/** Which messages are written where, and in which form. */
export interface WriteOut {
  readonly topics: readonly Topic[];
  readonly wanted: Wanted;
}

type FormName = 'html' | 'markdown' | 'mbox';

const FORMS: Readonly<Record<FormName, { readonly form: Form; place(output: string, context: Context): Place }>> = {
  html: { form: htmlOf, place: pageIn },
  markdown: { form: markdownOf, place: fileWithFolder },
  mbox: { form: mboxOf, place: fileAt },
};

/**
 * Writes the messages down; 3 when attachments are lacking.
 * @throws SatchelError `usage` when something is there, or for what does not go together; `io`, `no-space`
 */
export async function writeOut(
  context: Context,
  session: Session,
  args: Args<'read'>,
  { topics, wanted }: WriteOut,
): Promise<number> {
  const { name, output } = formOf(args);
  const { repository } = session;
  const people = openPeople(session);
  const conversations = (which: Wanted): Conversation[] =>
    topics.map((topic) => {
      const viewer = openViewer(session, topic, people);
      const read = (those: Wanted) => readTopic(repository, viewer, { ...those, retracted: true });
      return { viewer, messages: () => read(which), has: among(() => read(untold(which))) };
    });
  const { form, place: placeFor } = FORMS[name];
  const place = placeFor(output, context);
  const { signal } = context.interruption();
  try {
    const attached = await saveAttachments(repository, conversations(untold(wanted)), place, () => signal.aborted);
    const written = { messages: 0 };
    const around = {
      now: context.world.now(),
      nameOf: (person: Parameters<typeof personName>[2]) => escapeName(personName(session, people, person)),
    };
    const isDone =
      attached && (await place.write(form(counting(conversations(wanted), written), { ...around, ...attached })));
    if (!isDone) throw interrupted();
    const { saved, lacking } = attached;
    report(context, place, { form: name, topics, messages: written.messages, saved, lacking });
    return lacking.length > 0 ? 3 : 0;
  } catch (error) {
    place.undo();
    throw error;
  }
}

function formOf(args: Args<'read'>): { readonly name: FormName; readonly output: string } {
  const names: readonly FormName[] = ['html', 'markdown', 'mbox'];
  const given = names.flatMap((name) => (args[name] === undefined ? [] : [{ name, output: args[name] }]));
  const [first, second] = given;
  if (!first) throw new Error('no form is named');
  const flags = ['follow', 'graph', 'mark'] as const;
  const other = second?.name ?? flags.find((flag) => args[flag]);
  if (other === undefined) return first;
  throw new SatchelError('usage', `--${first.name} does not go together with --${other}`, {
    hint: 'leave one of them out',
  });
}

/** The same without telling of what is left out: who goes through it twice tells once. */
function untold(wanted: Wanted): Wanted {
  return wanted.arrived ? { ...wanted, arrived: { ...wanted.arrived, onUnknown: () => {} } } : wanted;
}

/** Whether a message is among these: they are gone through when the first is asked about. */
function among(messages: () => Iterable<OrderedEntry>): Conversation['has'] {
  let seqs: Map<LogId, RangeSet> | undefined;
  return ({ log, seq }) => {
    seqs ??= seqsOf(messages());
    return seqs.get(log)?.has(seq) === true;
  };
}

function seqsOf(messages: Iterable<OrderedEntry>): Map<LogId, RangeSet> {
  const seqs = new Map<LogId, RangeSet>();
  for (const { entry } of messages) {
    const ofLog = seqs.get(entry.log) ?? new RangeSet();
    ofLog.add([{ from: entry.seq, end: entry.seq + 1 }]);
    seqs.set(entry.log, ofLog);
  }
  return seqs;
}

function counting(conversations: readonly Conversation[], written: { messages: number }): Conversation[] {
  return conversations.map((conversation) => ({
    ...conversation,
    *messages() {
      for (const ordered of conversation.messages()) {
        written.messages++;
        yield ordered;
      }
    },
  }));
}

function interrupted(): SatchelError {
  return new SatchelError('io', 'interrupted, and nothing was written', { hint: 'run the same command again' });
}

interface Written {
  readonly form: FormName;
  readonly topics: readonly Topic[];
  readonly messages: number;
  readonly saved: number;
  readonly lacking: readonly Lacking[];
}

function report(
  context: Context,
  { file, attachments }: Place,
  { form, topics, messages, saved, lacking }: Written,
): void {
  const labels = topics.map(({ label }) => label);
  if (context.json) {
    const document = { form, file, topics: labels, messages, attachments: saved, lacking: lacking.map(lackingJson) };
    if (file === STDOUT) context.stderr.write(`${jsonText(document)}\n`);
    else context.printJson(document);
    return;
  }
  const files = saved > 0 ? ` and ${plural(saved, 'attachment')}` : '';
  const what = `wrote ${plural(messages, 'message')}${files} of ${labels.map(escapeLine).join(', ')}`;
  if (file === STDOUT) context.note(attachments === 'nowhere' ? `${what}, without attachments` : what);
  else context.print(`${what} to ${escapeLine(file)}`);
  for (const { id, attachment } of lacking) {
    context.note(`not in it: ${attachmentLine(attachment)}, of message ${shortId(id)}`);
  }
}

function lackingJson({ id, attachment }: Lacking): Record<string, unknown> {
  const { name, size, state, chunks, held } = attachment;
  return { id, name, size, state, chunks, held };
}
