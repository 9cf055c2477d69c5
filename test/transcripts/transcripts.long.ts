// The transcripts in docs/transcripts are what a terminal shows today. `npm run transcripts` writes them anew: look at the
// difference before you commit it.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { transcripts, WIDTHS } from './record.js';
import { STORIES } from './stories.js';

const FOLDER = 'docs/transcripts';

it('are what a terminal shows', () => {
  const recorded = new Map(transcripts(scratchDirectory()));
  if (process.env['TRANSCRIPTS'] === 'write') {
    fs.rmSync(FOLDER, { recursive: true, force: true });
    fs.mkdirSync(FOLDER);
    for (const [file, text] of recorded) fs.writeFileSync(path.join(FOLDER, file), text);
  }
  expect([...recorded.keys()].sort()).toEqual(fs.readdirSync(FOLDER).sort());
  expect(recorded.size).toBe(STORIES.length * WIDTHS.length);
  for (const [file, text] of recorded) expect(text, file).toBe(fs.readFileSync(path.join(FOLDER, file), 'utf8'));
});
