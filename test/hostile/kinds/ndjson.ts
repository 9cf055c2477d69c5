// Lines of `post --ndjson`: they come from other programs, which may pass on what strangers wrote.
import { parseItem } from '../../../src/cli/commands/conversation/ndjson.js';
import { bytesOf } from '../../testkit/wire.js';
import type { HostileCase, Kind } from '../case.js';
import { exitOf, TOPIC_NAME } from '../cast.js';

const LINE = 500_000;

/** NDJSON on standard input. */
export const NDJSON: Kind = {
  name: 'NDJSON',
  place: '-',
  judge: judgeLines,
  cases: [
    line('lists within one another', `{"text":${'['.repeat(LINE / 2)}${']'.repeat(LINE / 2)}}`),
    line('lists that are not closed', '['.repeat(LINE)),
    line('objects within one another', `${'{"text":'.repeat(LINE / 9)}1${'}'.repeat(LINE / 9)}`),
    line('17 lists within one another', `{"x":${'['.repeat(16)}${']'.repeat(16)},"text":"a"}`),
    line('250,000 numbers for a text', `{"text":[${'0,'.repeat(LINE / 2)}0]}`),
    line('50,000 keys and no text', `{${Array.from({ length: 50_000 }, (_, i) => `"${i}":0`).join(',')}}`),
    line('a text beyond a payload', `{"text":"${'x'.repeat(LINE)}"}`),
    line('escapes beyond a payload', `{"text":"${'\\u00e9'.repeat(LINE / 6)}"}`),
    line('a key of 500,000 bytes', `{"text":"a","key":"${'x'.repeat(LINE)}"}`),
    line('a reply of 500,000 bytes', `{"text":"a","reply":"${'x'.repeat(LINE)}"}`),
    line('a type of its own', '{"text":"a","type":"ack"}'),
    line('a time of 2^63', '{"text":"a","time":9223372036854775808}'),
    line('a time of 1e400', '{"text":"a","time":1e400}'),
    line('a date of 500,000 characters', `{"text":"a","time":"${'1'.repeat(LINE)}"}`),
    line('100,000 files that are not there', `{"attach":[${'"x",'.repeat(100_000)}5]}`),
    line('a path with a NUL', '{"attach":["a\\u0000b"]}'),
    line('keys that every object has', '{"__proto__":{"text":"a"},"constructor":1}'),
    line('a list', '[]'),
    line('no JSON', 'text: a'),
    { ...lines('100,000 lines that are none', () => Buffer.from('{\n'.repeat(100_000))), isBig: true },
    { ...lines('one line of 64 MiB', () => bytesOf(64 * 1_048_576, 0x61)), isBig: true },
    lines('bytes that are no UTF-8', () => bytesOf(LINE, 0xff)),
  ],
};

function line(name: string, text: string): HostileCase {
  return lines(name, () => Buffer.from(`${text}\n`));
}

function lines(name: string, content: () => Buffer): HostileCase {
  return { name, content, runs: [{ args: ['post', '-t', TOPIC_NAME, '--ndjson'], exit: 3 }] };
}

/** Every line is refused: too long for one, or by what it says. */
function judgeLines(content: Buffer): number {
  const texts = content
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '');
  const isRefused = (text: string): boolean => exitOf(() => (parseItem(text) ? 0 : 1)) !== 0 || text.length > LINE;
  return texts.every(isRefused) ? 3 : 0;
}
