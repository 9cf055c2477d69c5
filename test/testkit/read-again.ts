// What a reader sees of the end of a conversation, as somebody who reads it again and again: lines for people with what they
// quote, and documents for programs.
import fs from 'node:fs';
import { expect } from 'vitest';
import { messageJson } from '../../src/cli/report/message-json.js';
import { renderMessages } from '../../src/cli/report/messages.js';
import { chooseStyle } from '../../src/cli/terminal/style.js';
import { recentFile } from '../../src/repository/index/recent-entries.js';
import { openSession } from '../../src/sync/session.js';
import { readTopic } from '../../src/topic/reading/reading.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import type { Replica } from './replica.js';

/** The end of a conversation as it was shown, and how many segments that took. */
export interface Reading {
  readonly shown: readonly string[];
  readonly decoded: number;
}

/** Reads the last messages in a new process, which keeps what it has read. */
export function readEnd(replica: Replica, label: string, number = 6): Reading {
  const repository = replica.open();
  const viewer = openViewer(openSession(repository), { topic: rendezvousTopic(label), label });
  const views = Array.from(readTopic(repository, viewer, { number }), viewer.view);
  const style = chooseStyle(false, { env: {}, noColor: true });
  const lines = renderMessages(views, { style, columns: 80, find: viewer.at });
  const shown = [...lines, ...views.map((view) => JSON.stringify(messageJson(view)))];
  const decoded = repository.segmentsDecoded;
  repository.keepRecent();
  repository.close();
  return { shown, decoded };
}

/** Reads with what was kept until now, with what that kept, and with nothing kept: all three are to be alike. */
export function expectReadsAlike(replica: Replica, label: string): { readonly again: number; readonly anew: number } {
  const file = recentFile(replica.repository.layout.index);
  const first = readEnd(replica, label);
  const again = readEnd(replica, label);
  const kept = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  fs.rmSync(file, { force: true });
  const anew = readEnd(replica, label);
  if (kept) fs.writeFileSync(file, kept);
  expect(first.shown).toEqual(anew.shown);
  expect(again.shown).toEqual(anew.shown);
  return { again: again.decoded, anew: anew.decoded };
}
