import { expect, it } from 'vitest';
import { parseItem } from '../../../../../src/cli/commands/conversation/ndjson.js';
import { outcomeOf } from '../../../../testkit/outcome.js';

it('takes a text with what may go with it', () => {
  expect(parseItem('{"text":"a"}')).toMatchObject({ text: 'a', key: undefined, reply: undefined, type: undefined });
  expect(parseItem('{"text":"a","key":"k","reply":"r","type":"alert","time":17,"other":[]}')).toEqual({
    text: 'a',
    key: 'k',
    reply: 'r',
    type: 'alert',
    time: 17,
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
