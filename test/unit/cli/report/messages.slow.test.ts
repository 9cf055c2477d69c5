import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawGraph, type GraphNode } from '../../../../src/cli/report/graph.js';
import { markOf, openRenderer, renderMessages } from '../../../../src/cli/report/messages.js';
import { COLOURED, PLAIN } from '../../../../src/cli/terminal/style.js';
import { widthOf } from '../../../../src/cli/terminal/width.js';
import { foldLine } from '../../../../src/cli/terminal/wrap.js';
import type { Digest, EntryId, LogId, PersonId, TopicId } from '../../../../src/format/ids.js';
import type { AttachmentView, CitedView, MessageView, Snippet } from '../../../../src/topic/reading/view.js';

process.env['TZ'] = 'UTC';

const hex = (digit: string): string => digit.repeat(64);
const ANA = { device: undefined, person: hex('a') as PersonId, name: 'Ana', contact: undefined };
const BOB = { device: undefined, person: hex('b') as PersonId, name: 'bobby', contact: 'Bob' };
const EVE = { device: undefined, person: hex('e') as PersonId, name: 'Eve\x1b[2J\u202e', contact: undefined };

function message(id: string, fields: Partial<MessageView> = {}): MessageView {
  return {
    id: hex(id) as EntryId,
    log: hex(fields.author?.person?.[0] ?? 'a') as LogId,
    seq: 1,
    topic: 'garden',
    topicId: hex('0') as TopicId,
    author: ANA,
    clock: 0,
    time: Date.UTC(2025, 2, 3, 12, 5),
    arrived: undefined,
    timeDoubtful: false,
    clockDoubtful: false,
    type: 'text',
    text: 'hello',
    edited: undefined,
    reactions: [],
    about: undefined,
    mentionsUs: false,
    waitsFor: undefined,
    attachments: [],
    reply: undefined,
    answers: undefined,
    again: undefined,
    deps: [],
    gap: false,
    damaged: false,
    own: false,
    unread: false,
    state: 'shown',
    ...fields,
  };
}

const dep = (author: typeof ANA, id: string): MessageView['deps'][number] => ({
  log: hex(author.person[0] ?? '') as LogId,
  seq: 1,
  id: hex(id) as EntryId,
});

function snippet(view: MessageView | undefined): Snippet | undefined {
  return view && { ...view, editedAt: view.edited?.time };
}

function render(views: readonly MessageView[], columns = 140, graph = false): string {
  const find = ({ id }: CitedView): Snippet | undefined => snippet(views.find((view) => view.id === id));
  return `\n${renderMessages(views, { style: PLAIN, columns, find, graph }).join('\n')}\n`;
}

const CONVERSATION = [
  message('1', { own: true, text: 'The beans are up' }),
  message('2', { author: BOB, text: 'Mine too.\nAnd the peas.', reply: dep(ANA, '1'), deps: [dep(ANA, '1')] }),
  message('3', {
    author: EVE,
    text: 'buy\x1b[31m now\r\u202e',
    gap: true,
    time: Date.UTC(2025, 2, 4, 9, 0),
    unread: true,
  }),
  message('4', {
    author: BOB,
    state: 'expired',
    text: undefined,
    reply: dep(ANA, '9'),
    unread: true,
    time: Date.UTC(2025, 2, 4, 9, 1),
    deps: [dep(EVE, '3')],
  }),
];

describe('messages', () => {
  it('that wait say for what', () => {
    const asked = Date.UTC(2025, 2, 3, 12, 0);
    const waiting = (waitsFor: MessageView['waitsFor']) =>
      markOf(message('5', { author: BOB, state: 'waiting', waitsFor }));
    expect(waiting({ what: 'key', asked: undefined })).toBe('(its key is not here; Bob can send it)');
    expect(waiting({ what: 'statements', asked })).toBe(
      '(who was in the topic then is not known here; Bob can send it, asked 2025-03-03)',
    );
  });

  it('render as a conversation', () => {
    expect(render(CONVERSATION)).toBe(`
Monday 3 March 2025
12:05 1111111111 Ana               | The beans are up
12:05 2222222222 Bob               ↳ Ana: The beans are up
                                   | Mine too.
                                   | And the peas.

Tuesday 4 March 2025
─── new
⋯ something earlier of ~Eve\\x1b[2J\\u202e is not here yet
09:00 3333333333 ~Eve\\x1b[2J\\u2…   | buy\\x1b[31m now\\x0d\\u202e
09:01 4444444444 Bob               ↳ 9999999999 (not here)
                                   (expired)
`);
  });

  it('wrap, and put the text below on a narrow terminal', () => {
    const text = 'a long text that needs more than one line on any screen as narrow as this';
    expect(render([message('1', { text, author: BOB })], 60)).toBe(`
Monday 3 March 2025
12:05 1111111111 Bob  | a long text that needs more than one
                      | line on any screen as narrow as this
`);
    expect(render([message('1', { text, author: BOB })], 30)).toBe(`
Monday 3 March 2025
12:05 1111111111 Bob
  | a long text that needs
  | more than one line on any
  | screen as narrow as this
`);
  });

  it('draw their graph', () => {
    const plain = { time: undefined, gap: false, unread: false, reply: undefined };
    expect(
      render(
        CONVERSATION.map((view) => ({ ...view, ...plain })).filter(({ author }) => author !== EVE),
        100,
        true,
      ),
    ).toBe(`
●    --:-- 1111111111 Ana  | The beans are up
╰─╮
  ●  --:-- 2222222222 Bob  | Mine too.
  │                        | And the peas.
  ●  --:-- 4444444444 Bob  (expired)
`);
  });

  it('mark what is odd', () => {
    const odd = (fields: Partial<MessageView>): string =>
      render([message('1', { author: BOB, time: undefined, ...fields })]);
    expect(odd({ state: 'retracted', text: undefined })).toContain('Bob  (retracted)');
    expect(odd({ state: 'hidden' })).toMatch(/\(hidden here\)\n +\| hello/);
    expect(odd({ state: 'contradicted' })).toContain('two versions');
    expect(odd({ type: 'poll\x07', text: 'x' })).toMatch(/Bob {2}\[poll\\x07\]\n +\| x\n/);
    expect(odd({ type: 'ack', text: undefined })).toContain('Bob  [ack]');
    expect(odd({ text: '' })).toContain('(no text)');
    expect(odd({ timeDoubtful: true, time: 0 })).toContain('00:00?1111111111');
    expect(odd({ author: { ...EVE, name: '', person: undefined } })).toContain('~unknown');
    expect(odd({ time: 2 ** 62 })).toContain('no date');
  });

  it('go on where they were', () => {
    const next = openRenderer({ style: PLAIN, columns: 80, find: () => undefined });
    expect(next(message('1')).length).toBe(2);
    expect(next(message('2')).length).toBe(1);
  });

  it('have names as wide as those that come, and wider ones from the first that is', () => {
    const named = (name: string) => message('1', { author: { ...BOB, contact: name } });
    // a mark and a space stand before each line of a text
    const at = (line = ''): number => line.indexOf('hello') - 2;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), fc.nat(16), (lengths, nameColumns) => {
        const next = openRenderer({ style: PLAIN, columns: 80, find: () => undefined }, { nameColumns });
        let widest = Math.max(nameColumns, 2);
        for (const length of lengths) {
          widest = Math.max(widest, Math.min(length, 16));
          expect(at(next(named('n'.repeat(length))).at(-1))).toBe(17 + widest + 2);
        }
      }),
    );
  });

  it('never print what a stranger must not, and fit', () => {
    const nasty = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(nasty, nasty, nasty, fc.integer({ min: 20, max: 120 }), (text, name, type, columns) => {
        const odd = { text, type, author: { ...EVE, name }, gap: true };
        const view = message('1', { ...odd, reply: dep(EVE, '1'), deps: [dep(EVE, '1')] });
        const lines = renderMessages([view], { style: PLAIN, columns, find: () => snippet(view) });
        for (const line of lines)
          expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
        for (const line of lines.slice(2)) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(columns, 40));
      }),
    );
  });

  it('let nothing but a text have its mark, whatever names hold', () => {
    const bars = /[|│\uff5c]/;
    const words = fc.array(fc.constantFrom('|', ' | ', '│', '\uff5c', 'a', ' ', '14:23 Ana'), { maxLength: 40 });
    const file = { root: hex('c') as Digest, size: 1, chunks: 1, held: 1, heldBytes: 1, state: 'complete' as const };
    fc.assert(
      fc.property(words, words, fc.integer({ min: 24, max: 90 }), (who, what, columns) => {
        const name = who.join('');
        const fileName = what.join('');
        const attachments = [{ ...file, name: fileName, mediaType: fileName }];
        const view = message('1', { author: { ...EVE, name }, text: 'hi', gap: true, attachments });
        const lines = renderMessages([view], { style: PLAIN, columns, find: () => undefined });
        expect(lines.join('\n').split('| hi')).toHaveLength(2);
        expect(lines.join('\n').replace('| hi', '')).not.toMatch(bars);
        for (const line of foldLine(`from ${name}: satchel read`, columns).slice(1))
          expect(line.trim().slice(0, 1)).not.toMatch(bars);
      }),
    );
  });

  it('have colours for people', () => {
    expect(
      renderMessages([message('1', { own: true })], { style: COLOURED, columns: 80, find: () => undefined }).join(''),
    ).toContain('\x1b[1m');
  });
});

function picture(nodes: readonly GraphNode[]): string {
  const text = (cells: readonly { text: string }[]): string =>
    cells
      .map((cell) => cell.text)
      .join('')
      .trimEnd();
  const rows = drawGraph(nodes);
  return rows
    .flatMap((row, at) => [...(row.edges ? [text(row.edges)] : []), `${text(row.at)} ${nodes[at]?.log}`])
    .join('\n');
}

const node = (log: string, ...cites: string[]): GraphNode => ({ log, cites });

describe('graph', () => {
  it('draws a conversation', () => {
    expect(
      picture([node('a'), node('b', 'a'), node('a', 'b'), node('c', 'a'), node('b', 'a', 'c'), node('a', 'b')]),
    ).toBe(
      [
        '● a', //
        '├─╮',
        '│ ● b',
        '├─┤',
        '● │ a',
        '├─│─╮',
        '│ │ ● c',
        '├─┼─╯',
        '│ ● b',
        '├─╯',
        '● a',
      ].join('\n'),
    );
  });

  it('frees lanes', () => {
    expect(picture([node('a'), node('b', 'a'), node('c', 'b'), node('d')])).toBe('● a\n╰─╮\n  ● b\n╭─╯\n● c\n● d');
  });

  it('leaves out what is not shown, and keeps to its lanes', () => {
    expect(picture([node('a', 'z')])).toBe('● a');
    const many = Array.from({ length: 100 }, (_, at) => node(`l${at}`));
    const rows = drawGraph([...many, ...many]);
    expect(rows.every((row) => row.width <= 24 && row.at.length <= 12)).toBe(true);
  });
});

describe('attachments', () => {
  const root = hex('c') as Digest;
  const file = {
    root,
    size: 3_500_000,
    name: 'plan.pdf',
    mediaType: 'application/pdf',
    chunks: 4,
    held: 4,
    heldBytes: 0,
  };

  it.each<[AttachmentView['state'], string]>([
    ['complete', 'attached: plan.pdf (3.3 MiB, application/pdf), here'],
    ['partial', 'attached: plan.pdf (3.3 MiB, application/pdf), 4 of 4 chunks here, the rest is still to come'],
    ['unlisted', 'attached: plan.pdf (3.3 MiB, application/pdf), still to come'],
    [
      'impossible',
      'attached: plan.pdf (3.3 MiB, application/pdf), not what its author said: it will never be complete',
    ],
  ])('that are %s', (state, line) => {
    expect(render([message('1', { attachments: [{ ...file, state }] })])).toContain(`   ${line}`);
  });

  it('are numbered when there are several, and a message needs no text beside them', () => {
    const attachments = [file, { ...file, name: 'x', mediaType: '' }].map((one) => ({
      ...one,
      state: 'complete' as const,
    }));
    const drawn = render([message('1', { text: undefined, attachments })]);
    expect(drawn).toContain('Ana  attached 1: plan.pdf (3.3 MiB, application/pdf), here');
    expect(drawn).toContain('   attached 2: x (3.3 MiB), here');
    expect(drawn).not.toContain('(no text)');
  });

  it('have harmless names and types', () => {
    const evil = { ...file, name: 'a\u202e\x1b[2Jb', mediaType: '\x07', state: 'complete' as const };
    const drawn = render([message('1', { attachments: [evil] })]);
    expect(drawn).toContain('attached: a\\u202e\\x1b[2Jb (3.3 MiB, \\x07), here');
  });
});
