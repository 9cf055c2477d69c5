// Real mails as a workload: who wrote when and answered what is as it was, on mailing lists of 2002. Nothing of them is printed.
import fs from 'node:fs';
import path from 'node:path';
import { type Mail, readCorpus } from '../mails/corpus.js';
import type { Message, Workload } from './workload.js';

const DIRECTORY = path.resolve('test/mails');
const ROUNDS = 4;

/** Whether the mails are installed. */
export function hasMails(): boolean {
  return fs.existsSync(path.join(DIRECTORY, 'node_modules'));
}

/** All mails in one topic, everybody's in a log of their own; somebody gathers them in four rounds, and the last 1 % later. */
export function mailsWorkload(): Workload {
  const { mails, names } = readCorpus(DIRECTORY);
  const messages = toMessages(mails);
  const most = messages.length - Math.ceil(messages.length / 100);
  const size = Math.ceil(most / ROUNDS);
  return {
    name: `mails-${messages.length}`,
    authors: names.map((_, i) => `p${i}`),
    messages: most,
    meeting: 'gathered',
    rounds: () => Array.from({ length: ROUNDS }, (_, i) => messages.slice(i * size, Math.min(most, (i + 1) * size))),
    delta: messages.slice(most),
  };
}

function toMessages(mails: readonly Mail[]): Message[] {
  const places = new Map<string, Message['reply']>();
  const counts = new Map<number, number>();
  return mails.map(({ key, sender, text, received, answers }) => {
    const reply = answers.map((answered) => places.get(answered)).find((place) => place !== undefined);
    const nth = counts.get(sender) ?? 0;
    counts.set(sender, nth + 1);
    places.set(key, { author: sender, nth });
    return { author: sender, time: received, text, reply };
  });
}
