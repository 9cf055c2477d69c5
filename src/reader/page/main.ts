// The reader's page: files come in, conversations are shown. Everything that judges or orders is the program's own (shelf.ts,
// conversation.ts); here are the elements.
import wasm from 'brotli-dec-wasm/web/bg.wasm';
import { escapeLine } from '../../cli/terminal/escape.js';
import { piecesOf, plural } from '../../cli/terminal/size.js';
import { startPlatform } from '../../format/platform-browser.js';
import {
  type Conversation,
  type ConversationName,
  conversationsOn,
  openConversation,
  unplacedOn,
} from '../conversation.js';
import { type GivenFile, openIntake, type Taken } from '../intake.js';
import { openShelf } from '../shelf.js';
import { button, byId, drawn, element } from './dom.js';
import { chosenFiles, droppedFiles } from './given-files.js';
import { givenElement } from './given-list.js';
import { introduceAuthor } from './introduction.js';
import { saveAttachment } from './save.js';
import { findBefore } from './search.js';
import { openThread, type Thread } from './thread.js';

startPlatform(wasm);
const random = (size: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(size)));
const shelf = openShelf({ now: Date.now, random });
const intake = openIntake(shelf);
const main = byId('main');
/** Sealed files that no key opens yet. */
const waiting = new Map<GivenFile, HTMLElement>();
let shown: { readonly conversation: Conversation; readonly thread: Thread } | undefined;
let everything = false;
/** One file after the other, whatever is given meanwhile. */
let taking: Promise<void> = Promise.resolve();

function give(files: readonly GivenFile[]): void {
  if (files.length === 0) say('No bundles there: their names end in .satchel');
  taking = taking.then(() => takeAll(files));
}

async function takeAll(files: readonly GivenFile[]): Promise<void> {
  let hasKeys = false;
  for (const file of files) {
    say(`Verifying ${escapeLine(file.name)}…`);
    await drawn();
    const { outcome } = await takeOne(file);
    hasKeys ||= outcome.kind === 'keys';
  }
  if (hasKeys) await openWaiting();
  say('');
  refresh();
}

async function takeOne(file: GivenFile): Promise<Taken> {
  const began = performance.now();
  const taken = await intake.take(file);
  const row = givenElement(taken, performance.now() - began);
  const before = waiting.get(file);
  if (before) before.replaceWith(row);
  else byId('given').prepend(row);
  waiting.delete(file);
  if (taken.outcome.kind === 'waiting') waiting.set(file, row);
  return taken;
}

async function openWaiting(): Promise<void> {
  for (const file of [...waiting.keys()]) await takeOne(file);
}

/** Shows what is there by now. */
function refresh(): void {
  byId('sealed').hidden = waiting.size === 0;
  const names = conversationsOn(shelf);
  byId('topics').replaceChildren(...names.map(topicButton));
  const unplaced = unplacedOn(shelf);
  byId('unplaced').hidden = unplaced === 0;
  byId('unplaced').textContent =
    `${piecesOf(unplaced)} of logs whose introductions are not here: nobody can tell whose they are. Other bundles of the same people may bring them.`;
  const [first] = names;
  const wanted = names.find(({ topic }) => topic === shown?.conversation.topic) ?? first;
  if (wanted) showConversation(wanted);
}

function topicButton(name: ConversationName): HTMLElement {
  const made = button('', { class: 'topic', 'data-topic': name.topic }, () => showConversation(name));
  made.append(
    element('bdi', {}, escapeLine(name.label) || name.topic.slice(0, 10)),
    element('span', {}, plural(name.messages, 'message')),
  );
  return made;
}

function showConversation(name: ConversationName): void {
  shown?.thread.close();
  const conversation = openConversation(shelf, name, { everything });
  for (const each of byId('topics').children) {
    each.setAttribute('aria-current', String((each as HTMLElement).dataset['topic'] === name.topic));
  }
  byId('welcome').hidden = true;
  const section = byId('thread');
  section.hidden = false;
  const body = element('div', { class: 'body' });
  section.replaceChildren(toolbar(conversation), body);
  const thread = openThread(body, main, conversation, {
    find: conversation.find,
    introduce: ({ author }) => void introduceAuthor(author),
    save: (attachment) => saveAttachment(shelf.around.repository, attachment),
  });
  shown = { conversation, thread };
  section.dataset['count'] = String(conversation.count);
}

function toolbar(conversation: Conversation): HTMLElement {
  const search = element('input', { type: 'search', placeholder: 'Find', 'aria-label': 'Find in the conversation' });
  search.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') void find(search.value);
  });
  const day = element('input', { type: 'date', 'aria-label': 'Go to a day' });
  day.addEventListener('change', () => goToDay(day.value));
  const all = element('input', { type: 'checkbox' });
  all.checked = everything;
  all.addEventListener('change', () => {
    everything = all.checked;
    showConversation(conversation);
  });
  const label = element(
    'label',
    { title: 'Also what was retracted, has expired, or whose text is not here' },
    all,
    ' everything',
  );
  const people = plural(conversation.authors.length, 'author');
  return element(
    'header',
    { class: 'tools' },
    element('h2', {}, element('bdi', {}, escapeLine(conversation.label) || conversation.topic.slice(0, 10))),
    element('span', { class: 'counts' }, `${plural(conversation.count, 'message')}, ${people}`),
    element('span', { class: 'controls' }, search, day, label),
  );
}

async function find(text: string): Promise<void> {
  const began = shown;
  if (!began || text === '') return;
  say(`Looking for “${escapeLine(text)}”…`);
  const place = await findBefore(began.conversation, text, began.thread.place, () => shown !== began);
  say(place === undefined ? `“${escapeLine(text)}” is nowhere in it` : '');
  if (place !== undefined) began.thread.show(place);
}

/** Local midnight, as days are shown. */
function goToDay(day: string): void {
  const [year = Number.NaN, month = 1, date = 1] = day.split('-').map(Number);
  const time = new Date(year, month - 1, date).getTime();
  if (shown && !Number.isNaN(time)) shown.thread.show(shown.conversation.firstFrom(time));
}

function say(text: string): void {
  byId('status').textContent = text;
}

function sayNoFolder(): void {
  say('Nothing was taken: this browser lets no page look into a folder that is dropped. “Open a folder…” does.');
}

/** Keys as in a pager, while nothing is typed. */
const KEYS: Readonly<Record<string, (thread: Thread, conversation: Conversation) => void>> = {
  j: (thread) => thread.move(1),
  k: (thread) => thread.move(-1),
  Home: (thread) => thread.show(0),
  End: (thread, { count }) => thread.show(count - 1),
  '/': () => main.querySelector<HTMLInputElement>('input[type=search]')?.focus(),
};

document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  const act = KEYS[key];
  const isTyping = target instanceof HTMLInputElement || event.ctrlKey || event.altKey || event.metaKey;
  if (!act || !shown || isTyping || document.querySelector('dialog')) return;
  event.preventDefault();
  act(shown.thread, shown.conversation);
});
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dropping');
});
document.addEventListener('dragleave', () => document.body.classList.remove('dropping'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(give, sayNoFolder);
});
for (const id of ['files', 'folder']) {
  const input = byId<HTMLInputElement>(id);
  byId(`open-${id}`).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const files = chosenFiles(input.files);
    input.value = '';
    give(files);
  });
}
byId('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId<HTMLInputElement>('key');
  if (!intake.addKey(input.value)) return;
  input.value = '';
  say('Unsealing…');
  taking = taking.then(openWaiting).then(() => {
    say('');
    refresh();
  });
});
document.body.dataset['state'] = 'ready';
