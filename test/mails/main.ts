// Replays a year of real mailing lists over sites that share no network, and fails when they do not end up the same.
// Run by `npm run mails`; `--seed`, `--sites`, `--home`, `--ticks` and `--mails` change what it does.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Conversation, conversationsOf, differences, toldIn } from './compare.js';
import { type Corpus, readCorpus } from './corpus.js';
import { Figures, megabytes, number, peakMemory, print } from './figures.js';
import { playProgram } from './program.js';
import { type Device, Replay } from './replay.js';
import type { Station } from './station.js';

/** So many messages of the busiest list go through the program once more. */
const PROGRAM_MESSAGES = 600;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'satchel' },
    sites: { type: 'string', default: '5' },
    home: { type: 'string', default: '60' },
    mails: { type: 'string', default: 'all' },
    ticks: { type: 'string', default: '20' },
    corpus: { type: 'string', default: path.join(process.cwd(), 'test', 'mails') },
  },
});

const figures = new Figures();
const directory = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'satchel-mails-'));
try {
  await run();
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}

async function run(): Promise<void> {
  print('seed', values.seed);
  const corpus = await figures.phase('reading the mails', () => firstMails(readCorpus(values.corpus)));
  print(
    'mails',
    `${number(corpus.mails.length)}, of ${number(corpus.names.length)} senders, in ${corpus.topics.length} lists`,
  );
  print(
    'of these',
    `${corpus.wrongClocks} with a clock more than a month off, ${corpus.cut} cut to what a message holds`,
  );
  const ticks = Number(values.ticks);
  const replay = new Replay(corpus, { seed: values.seed, sites: Number(values.sites), ticks, directory }, figures);
  await figures.phase('founding everybody', () => replay.found());
  await figures.phase('sending', async () => {
    for (let tick = 0; tick < ticks; tick++) await replay.step(tick);
  });
  const rounds = await figures.phase('coming to rest', () => replay.comeToRest());
  print('rounds', number(rounds));
  const home = await figures.phase('bringing home', () => replay.bringHome(Number(values.home)));
  await figures.phase('comparing', () => compare(replay, corpus.topics, home));
  const topic = busiest(corpus);
  const told = await toldIn(firstHub(replay), topic, corpus);
  const first = told.slice(0, PROGRAM_MESSAGES);
  await figures.phase('through the program', () =>
    playProgram(first, { seed: values.seed, directory, topic }, figures),
  );
  figures.printGroup('replies', 'replies: ');
  figures.printGroup('bundles', 'bundles: ');
  print('carried', `${megabytes(figures.of('bytes'))}, ${number(figures.of('entries'))} entries`);
  figures.printGroup('entries taken', 'taken: ');
  figures.printGroup('damage', 'damage: ');
  figures.printGroup('refused as', 'refused: ');
  figures.printGroup('salvaged', 'salvaged: ');
  figures.printGroup('program', 'program: ');
  figures.printTotal();
  print('peak memory', peakMemory());
}

/** Fewer of them, for a look that takes seconds. */
function firstMails(corpus: Corpus): Corpus {
  if (values.mails === 'all') return corpus;
  const mails = corpus.mails.slice(0, Number(values.mails));
  return { ...corpus, mails, topics: [...new Set(mails.map((mail) => mail.topic))] };
}

function busiest({ mails, topics }: Corpus): string {
  const count = (topic: string): number => mails.filter((mail) => mail.topic === topic).length;
  return topics.reduce((best, topic) => (count(topic) > count(best) ? topic : best));
}

function firstHub(replay: Replay): Station {
  const [site] = replay.sites;
  if (!site) throw new Error('no site');
  return site.hub;
}

async function compare(replay: Replay, topics: readonly string[], devices: readonly Device[]): Promise<void> {
  let reference: ReadonlyMap<string, Conversation> | undefined;
  for (const { hub } of replay.sites) {
    const found = await conversationsOf(hub, topics);
    reference ??= found;
    if (differences(reference, found).length > 0) throw new Error('the sites differ');
  }
  const shown = [...(reference?.values() ?? [])].flatMap(({ order }) => order);
  const posted = new Set([...replay.posted.values()].map(({ id }) => id));
  if (shown.length !== posted.size || !shown.every((id) => posted.has(id))) throw new Error('messages are missing');
  for (const { station, topics: own } of devices) {
    const found = await conversationsOf(station, own);
    if (differences(reference ?? new Map(), found).length > 0) throw new Error('a device differs');
  }
}
