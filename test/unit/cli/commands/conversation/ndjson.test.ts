import { expect, it } from 'vitest';
import { parseJournal } from '../../../../../src/cli/commands/conversation/journal.js';
import { parseItem } from '../../../../../src/cli/commands/conversation/ndjson.js';
import { outcomeOf } from '../../../../testkit/outcome.js';

it('takes a text with what may go with it', () => {
  expect(parseItem('{"text":"a"}')).toMatchObject({ text: 'a', key: undefined, reply: undefined, type: undefined });
  expect(parseItem('{"text":"a","key":"k","reply":"r","type":"alert","time":1700000000017,"other":[]}')).toEqual({
    text: 'a',
    key: 'k',
    reply: 'r',
    type: 'alert',
    time: 1_700_000_000_017,
    attach: [],
  });
  expect(parseItem('{"text":"a","time":"1970-01-01T00:00:01Z","key":null}')).toMatchObject({ time: 1_000 });
});

it('takes files, and then no text is needed', () => {
  expect(parseItem('{"text":"a","attach":["x.jpg","y"]}')).toMatchObject({ text: 'a', attach: ['x.jpg', 'y'] });
  for (const line of ['{"attach":["x"]}', '{"attach":["x"],"text":""}', '{"attach":["x"],"text":null}']) {
    expect(parseItem(line)).toMatchObject({ text: undefined, attach: ['x'] });
  }
});

it.each([
  '{"attach":[]}',
  '{"attach":"x"}',
  '{"attach":[""]}',
  '{"attach":["x",5]}',
  '{"attach":["a\\u0000b"]}',
  '{"attach":["x"],"text":5}',
  'text',
  '"text"',
  '[]',
  'null',
  '{}',
  '{"text":""}',
  '{"text":5}',
  '{"text":"a","key":5}',
  '{"text":"a","key":""}',
  `{"text":"a","key":"${'k'.repeat(257)}"}`,
  '{"text":"a","type":"ack"}',
  '{"text":"a","type":"retract"}',
  '{"text":"a","time":"yesterday"}',
  '{"text":"a","time":1e99}',
  '{"text":"a","time":17}',
  '{"text":"a","time":"31.3.2025"}',
])('refuses %s', (line) => {
  expect(outcomeOf(() => parseItem(line))).toBe('usage');
});

it.each([
  ['lists that are too deep, in a short line', `{"text":"a","x":${'['.repeat(16)}${']'.repeat(16)}}`],
  ['too many keys', `{"text":"a"${',"":0'.repeat(256)}}`],
])('refuses %s', (_, line) => {
  expect(outcomeOf(() => parseItem(line))).toBe('usage');
});

it.each([
  ['as deep as is allowed', `{"text":"a","x":${'['.repeat(15)}${']'.repeat(15)}}`],
  ['many lists beside one another', `{"text":"a","x":[${'[],'.repeat(300)}0]}`],
])('takes what is %s', (_, line) => {
  expect(parseItem(line)).toMatchObject({ text: 'a' });
});

it.each([
  ['seconds', 1_743_444_000, 1_743_444_000_000],
  ['seconds with a part', 1_743_444_000.5, 1_743_444_000_500],
  ['seconds as text', '1743444000', 1_743_444_000_000],
  ['milliseconds', 1_743_444_000_123, 1_743_444_000_123],
  ['microseconds', 1_743_444_000_123_456, 1_743_444_000_123],
  ['a date', '2025-03-31T18:00:00.5Z', 1_743_444_000_500],
  ['a date elsewhere', '2025-03-31 20:00+02:00', 1_743_444_000_000],
])('times are told apart: %s', (_, time, expected) => {
  expect(parseItem(JSON.stringify({ text: 'a', time })).time).toBe(expected);
});

it('an entry of the journal has its cursor for a key, and is text whatever its message is', () => {
  const entry = { __CURSOR: 's=1;i=2', __REALTIME_TIMESTAMP: '1743444000123456', SYSLOG_IDENTIFIER: 'sshd', _PID: '7' };
  expect(parseJournal(JSON.stringify({ ...entry, MESSAGE: 'ready' }))).toEqual({
    text: 'sshd[7]: ready',
    key: 's=1;i=2',
    time: 1_743_444_000_123,
    attach: [],
  });
  expect(parseJournal(JSON.stringify({ ...entry, MESSAGE: [104, 105, 255] }))?.text).toBe('sshd[7]: hi\ufffd');
  for (const MESSAGE of [null, undefined]) expect(parseJournal(JSON.stringify({ ...entry, MESSAGE }))).toBeUndefined();
  expect(() => parseJournal(JSON.stringify({ ...entry, MESSAGE: 5 }))).toThrow('no text');
  expect(() => parseJournal('{"MESSAGE":"a"}')).toThrow('no cursor');
});
