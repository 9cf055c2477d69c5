// The reader's page in Chromium, opened as a file: what it shows, what it refuses, and that nothing in a message gets out of it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person } from './scene.js';
import { testsOfVectors, writeVectorsPage } from './vectors-page.js';
import { type Browser, openBrowser } from './webdriver.js';

const PAGE = path.resolve(import.meta.dirname, '../../dist/reader.html');
const MANY = process.env['SOAK'] === undefined ? 10_000 : 100_000;
/** What others may write: markup, controls, text that turns what follows around, and a great deal of it. */
const HOSTILE = [
  '<img src=x onerror="document.title=1"><script>document.title=2</script>',
  'right \u202e\u2066to left, bell \u0007, escape \u001b[31m, tag \u{e0041}, zero\u200bwidth',
  '</script><!--</style>]]>&lt;&#60;" onmouseover=alert(1) \u2028 end',
  `${'Z\u0300\u0301\u0302\u0303'.repeat(900)} ${'w'.repeat(20_000)}`,
];
const ARABIC = 'مرحبا بالحديقة';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-reader-'));
const file = (name: string): string => path.join(scratch, name);
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser(scratch);
});
afterAll(async () => {
  await browser.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

interface Given {
  readonly kind: string;
  readonly ms: number;
  readonly text: string;
}

/** What the page says of each file, the last one first, when all of them are through. */
async function open(...files: readonly string[]): Promise<Given[]> {
  await browser.open(PAGE);
  await browser.choose('files', files);
  return given(files.length);
}

async function given(count: number, kinds = /./): Promise<Given[]> {
  return browser.until<Given[]>(
    `const all = [...document.querySelectorAll('#given li')].map((li) => ({ kind: li.dataset.kind, ms: Number(li.dataset.ms), text: li.innerText }));
     const isIdle = document.getElementById('status').textContent === '';
     return all.length >= arguments[0] && isIdle && all.every(({ kind }) => new RegExp(arguments[1]).test(kind)) ? all : null`,
    count,
    kinds.source,
  );
}

/** Texts that are in the page. */
function texts(): Promise<string[]> {
  return browser.run("return [...document.querySelectorAll('.text')].map((each) => each.textContent)");
}

interface ShownMessage {
  readonly text: string;
  readonly quote: string;
  readonly states: string[];
  readonly reactions: string[];
}

function messages(): Promise<ShownMessage[]> {
  return browser.run(
    `const all = (root, name) => [...root.querySelectorAll(name)].map((each) => each.textContent);
     return [...document.querySelectorAll('article')].map((each) => ({
       text: all(each, '.text').join(''), quote: all(each, '.quote').join(''),
       states: all(each, '.state'), reactions: all(each, '.reactions li') }))`,
  );
}

describe('the page', () => {
  it('opens, verifies and shows a long conversation, and of that a few hundred messages at a time', async () => {
    const ana = person('Ana', scratch);
    ana.satchel(['topic', 'join', 'garden']);
    ana.satchel(
      ['post', '-q', '-t', 'garden', '--lines'],
      Array.from({ length: MANY }, (_, i) => `message ${i}`).join('\n'),
    );
    ana.satchel(['export', '-q', '--open', '-o', file('many.satchel')]);
    await browser.open(PAGE);
    const before = browser.memory();
    await browser.choose('files', [file('many.satchel')]);
    const [told] = await given(1);
    expect(told).toMatchObject({
      kind: 'bundle',
      text: expect.stringContaining(`verified: ${MANY + 1} new messages and receipts`),
    });
    expect((await texts()).at(-1)).toBe(`message ${MANY - 1}`);
    const took = Math.round(told?.ms ?? 0);
    console.log(
      `${MANY} messages: ${took} ms, ${Math.round((browser.memory() - before) / 1e6)} MB more than the empty page`,
    );
    await browser.press('\uE011');
    expect((await texts())[0]).toBe('message 0');
    await browser.press('jjj');
    expect(await browser.run("return document.activeElement.querySelector('.text').textContent")).toBe('message 3');
    const there = await browser.run<number>("return document.querySelectorAll('article').length");
    expect(there).toBeLessThanOrEqual(360);
    // damaged, it is refused as the program refuses it
    const bytes = fs.readFileSync(file('many.satchel'));
    bytes[4_000] = (bytes[4_000] ?? 0) ^ 1;
    fs.writeFileSync(file('damaged.satchel'), bytes);
    const words = refusalOf(() => ana.satchel(['verify', file('damaged.satchel')]));
    const [refused] = await open(file('damaged.satchel'));
    expect(refused).toMatchObject({ kind: 'refused' });
    expect(words).toContain(
      refused?.text
        .split('\n')
        .find((line) => / \([a-z-]+\)$/.test(line))
        ?.replace(/ \([a-z-]+\)$/, ''),
    );
    expect(await browser.run("return document.querySelectorAll('.topic').length")).toBe(0);
  });

  it('opens what is sealed when the file with the keys is given, and saves attachments under a harmless name', async () => {
    const ben = person('Ben', scratch);
    const cleo = person('Cleo', scratch);
    fs.writeFileSync(file('plan.txt'), 'water\n'.repeat(300_000));
    for (const [one, other] of [
      [ben, cleo],
      [cleo, ben],
    ] as const) {
      fs.writeFileSync(file('card'), other.satchel(['card']));
      one.satchel(['contact', 'add', file('card')]);
    }
    ben.satchel(['topic', 'join', 'plans']);
    cleo.satchel(['topic', 'join', 'plans']);
    cleo.satchel(['post', '-q', '-t', 'plans', 'hello']);
    cleo.satchel(['export', '--open', '-o', file('cleo.satchel')]);
    ben.satchel(['import', file('cleo.satchel')]);
    ben.satchel(['post', '-q', '-t', 'plans', '--attach', file('plan.txt'), ARABIC]);
    ben.satchel(['export', '-q', '--seal', '-o', file('sealed.satchel')]);
    const [waiting] = await open(file('sealed.satchel'));
    expect(waiting).toMatchObject({ kind: 'waiting', text: expect.stringContaining('no key here opens it (sealed)') });
    await browser.choose('files', [path.join(cleo.directory, '.satchel/keys/secrets.json')]);
    expect((await given(2, /bundle|keys/)).map(({ kind }) => kind)).toEqual(['keys', 'bundle']);
    expect((await texts()).at(-1)).toBe(ARABIC);
    const direction = "return getComputedStyle([...document.querySelectorAll('.text')].at(-1)).direction";
    expect(await browser.run(direction)).toBe('rtl');
    const saved = file('plan.txt');
    fs.rmSync(saved);
    await browser.run("document.querySelector('.save').click()");
    await waitFor(() => fs.existsSync(saved));
    expect(fs.readFileSync(saved, 'utf8')).toBe('water\n'.repeat(300_000));
  });

  it('shows edits, reactions and retractions as read does', async () => {
    const eve = person('Eve', scratch);
    const finn = person('Finn', scratch);
    const post = (words: readonly string[]): string => idOf(eve.satchel(['post', '--json', '-t', 'beds', ...words]));
    eve.satchel(['topic', 'join', 'beds']);
    finn.satchel(['topic', 'join', 'beds']);
    const edited = post(['water on Monday']);
    post(['--reply', edited, 'I can do that']);
    const regretted = post(['forget this']);
    const reacted = post(['<b>done</b>']);
    eve.satchel(['edit', '-q', edited, 'water on Tuesday']);
    eve.satchel(['edit', '-q', edited, 'water on <i>Wednesday</i>']);
    eve.satchel(['retract', '-q', regretted]);
    for (const sign of ['\u{1f44d}', '<b>']) eve.satchel(['react', '-q', reacted, sign]);
    eve.satchel(['export', '-q', '--open', '-o', file('eve.satchel')]);
    finn.satchel(['import', '-q', file('eve.satchel')]);
    finn.satchel(['react', '-q', reacted, '<b>']);
    finn.satchel(['export', '-q', '--open', '-o', file('finn.satchel')]);
    await open(file('eve.satchel'), file('finn.satchel'));
    const shown = await messages();
    expect(shown.map(({ text }) => text)).toEqual(['water on <i>Wednesday</i>', 'I can do that', '<b>done</b>']);
    expect(shown.map(({ reactions }) => reactions)).toEqual([[], [], ['<b> 2']]);
    const [first, answer] = shown;
    const read = finn.satchel(['read', '-t', 'beds']);
    expect(first?.states).toEqual([/\(edited .*\)/.exec(read)?.[0]]);
    expect(answer?.quote).toBe('~Evewater on <i>Wednesday</i> (edited since)');
    expect(read).toContain('<b> 2');
    // a retracted one stays away until everything is asked for; edits and reactions are then told as what they are
    await browser.run("document.querySelector('.tools input[type=checkbox]').click()");
    const states = (await messages()).flatMap((message) => message.states);
    expect(states).toContain('(retracted)');
    expect(states.filter((state) => /^\((edits|reacts to) [0-9a-f]{10}\)$/.test(state))).toHaveLength(5);
  });

  it('sets apart what a clock far ahead wrote, as read does', async () => {
    const hana = person('Hana', scratch);
    const ida = person('Ida', scratch, { daysAhead: 400 });
    for (const [one, name] of [
      [hana, 'hana'],
      [ida, 'ida'],
    ] as const) {
      one.satchel(['topic', 'join', 'clocks']);
      for (const text of [`first of ${name}`, `second of ${name}`]) one.satchel(['post', '-q', '-t', 'clocks', text]);
      one.satchel(['export', '-q', '--open', '-o', file(`${name}.satchel`)]);
    }
    await open(file('ida.satchel'), file('hana.satchel'));
    const rows = await browser.run<string[]>(
      "return [...document.querySelectorAll('.apart, .day, .text')].map((each) => each.textContent)",
    );
    hana.satchel(['import', '-q', file('ida.satchel')]);
    const [heading] = /clocks far ahead.*/.exec(hana.satchel(['read', '-t', 'clocks'])) ?? [];
    const day = expect.stringMatching(/^\w+day \d+ \w+ \d{4}$/);
    expect(rows).toEqual([day, 'first of hana', 'second of hana', heading, day, 'first of ida', 'second of ida']);
  });

  it('takes files that are dropped, and of a folder that is a drive the bundles', async () => {
    const gil = person('Gil', scratch);
    fs.mkdirSync(file('stick'));
    gil.satchel(['drive', 'init', '--open', file('stick')]);
    gil.satchel(['topic', 'join', 'dropped']);
    gil.satchel(['post', '-q', '-t', 'dropped', 'on the drive']);
    gil.satchel(['sync', '-q', file('stick')]);
    gil.satchel(['post', '-q', '-t', 'dropped', 'in a file']);
    gil.satchel(['export', '-q', '--open', '-o', file('alone.satchel')]);
    await browser.open(PAGE);
    await browser.drop([file('stick'), file('alone.satchel')]);
    const told = await given(2);
    expect(told.map(({ kind }) => kind)).toEqual(['bundle', 'bundle']);
    expect(await texts()).toEqual(['on the drive', 'in a file']);
    // the folder on the drive does as well, whether it is dropped or chosen
    await browser.open(PAGE);
    await browser.drop([path.join(file('stick'), 'satchel')]);
    expect((await given(1)).map(({ kind }) => kind)).toEqual(['bundle']);
    await browser.open(PAGE);
    await browser.choose('folder', [file('stick')]);
    expect((await given(1)).map(({ kind }) => kind)).toEqual(['bundle']);
    expect(await texts()).toEqual(['on the drive']);
  });

  it('takes nothing in a message for markup, and shows what does not show', async () => {
    const dora = person('Dora', scratch);
    const lines = HOSTILE.map((text) => JSON.stringify({ text })).join('\n');
    dora.satchel(['topic', 'join', '<b>beans</b>']);
    dora.satchel(['post', '-q', '-t', '<b>beans</b>', '--ndjson'], lines);
    dora.satchel(['export', '-q', '--open', '-o', file('<img src=x onerror=alert(1)>.satchel')]);
    await open(file('<img src=x onerror=alert(1)>.satchel'));
    const [markup = '', turned = '', ended = '', huge = ''] = await texts();
    expect(markup).toBe(HOSTILE[0]);
    expect(turned).toContain(
      'right \\u202e\\u2066to left, bell \\x07, escape \\x1b[31m, tag \\u{e0041}, zero\\u200bwidth',
    );
    expect(ended).toContain('</script><!--</style>]]>&lt;&#60;');
    expect(huge.length).toBeLessThan(7_000);
    const made = await browser.run(
      "return document.querySelectorAll('img, main script, b, iframe, [onerror], [onmouseover]').length",
    );
    expect(made).toBe(0);
    expect(await browser.run('return document.title')).toBe('satchel reader');
    const wide = await browser.run(
      'return document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(wide).toBe(0);
    expect(await browser.complaints()).toEqual([]);
  });

  it('may load nothing and send nothing', async () => {
    await browser.open(PAGE);
    const tries = await browser.run<string[]>(
      `const image = new Image();
       const lost = new Promise((resolve) => { image.onerror = () => resolve('no image'); image.onload = () => resolve('an image'); });
       image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
       const sent = fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => 'not sent');
       const script = document.createElement('script');
       script.textContent = 'document.title = "run"';
       document.body.append(script);
       return Promise.all([lost, sent, document.title])`,
    );
    expect(tries).toEqual(['no image', 'not sent', 'satchel reader']);
    const complaints = (await browser.complaints()).join('\n');
    expect(complaints.match(/Content Security Policy/g)?.length).toBeGreaterThanOrEqual(3);
  });
});

it('the vectors are all read there as anywhere', async () => {
  expect(testsOfVectors().length).toBeGreaterThan(8);
  await writeVectorsPage(file('vectors.html'));
  await browser.open(file('vectors.html'));
  const outcome = await browser.until<{ passed: number; compared: number; failures: unknown[]; slow: string[] }>(
    'return window.outcome ?? null',
  );
  console.log(`vectors: ${outcome.passed} tests, ${outcome.compared} comparisons; ${outcome.slow.join(', ')}`);
  expect(outcome.failures).toEqual([]);
  expect(outcome.passed).toBeGreaterThan(1_000);
});

function idOf(json: string): string {
  return (JSON.parse(json) as { readonly id: string }).id;
}

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
  throw new Error('it was not refused');
}

/** A browser saves in its own time, and says nothing. */
async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}
