import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeBundle } from '../../../../src/cli/report/bundle-summary.js';
import { inspectBundle } from '../../../../src/cli/report/inspect.js';
import type { EntryItem, Item } from '../../../../src/cli/report/inspect-item.js';
import { itemLines } from '../../../../src/cli/report/inspect-text.js';
import { PLAIN } from '../../../../src/cli/terminal/style.js';
import { SatchelError } from '../../../../src/format/error.js';
import { sourceOf } from '../../../../src/format/source.js';
import { ADA_LOG, TOPIC } from '../../../testkit/cast.js';
import { FIXTURES } from '../../../testkit/fixture.js';
import { sha256, wireKey } from '../../../testkit/wire.js';
import { bundle, carried } from '../../../testkit/wire-bundle.js';
import { cborBytes, cborInt, cborList, cborMap, cborText } from '../../../testkit/wire-cbor.js';
import { attachmentItem, message } from '../../../testkit/wire-message.js';
import { runOf, segment, type WireEntry, wireLog } from '../../../testkit/wire-segment.js';

/** The items of a bundle that holds one log with these entries from seq 0. */
function itemsOf(entries: readonly WireEntry[]): Item[] {
  const run = runOf(wireLog(wireKey('inspected'), entries));
  return itemsIn(bundle({ segments: [carried(run)] }));
}

function itemsIn(bytes: Buffer): Item[] {
  const items: Item[] = [];
  inspectBundle(sourceOf(bytes), (item) => items.push(item));
  return items;
}

function textOf(items: readonly Item[]): string {
  return items.flatMap(itemLines({ style: PLAIN, columns: 80 })).join('\n');
}

function entriesIn(items: readonly Item[]): EntryItem[] {
  return items.filter((item) => item.type === 'entry');
}

describe('an entry', () => {
  it('that is a message is shown as one', () => {
    const [entry] = entriesIn(itemsOf([{ payload: message({ body: 'hello\nthere', key: 'k' }) }]));
    expect(entry).toMatchObject({
      message: { type: 'text', text: 'hello\nthere', key: 'k', deps: [] },
      rest: null,
      metaHex: null,
    });
  });

  it.each([
    ['a field of a later version', message({ body: 'hi', extra: [[10, cborText('SECRET')]] })],
    ['a body that is no text', message({ body: cborMap([[1, cborText('SECRET')]]) })],
    ['attachments', message({ body: 'hi', attachments: cborText('SECRET') })],
    ['another type', message({ type: 'secret', body: 'SECRET' })],
    ['no message', cborMap([[77, cborText('SECRET')]])],
    ['plain text', Buffer.from('SECRET')],
  ])('with %s hides nothing', (_, payload) => {
    expect(textOf(itemsOf([{ payload }]))).toContain('SECRET');
  });

  it('tells what it cites, by an id or by an entry that covers it', () => {
    const log = sha256('a log');
    const items = itemsOf([
      {
        payload: message({
          body: 'hi',
          deps: [
            [log, 7, sha256('7')],
            [log, 5, 1],
          ],
          reply: 1,
        }),
      },
    ]);
    expect(entriesIn(items)[0]).toMatchObject({ rest: null, message: { deps: [{ seq: 7 }, { seq: 5, by: 1 }] } });
    expect(textOf(items)).toContain(`has seen ${log.toString('hex')} 7 ${sha256('7').toString('hex')}`);
    expect(textOf(items)).toContain(`replies to ${log.toString('hex')} 5 by entry 1`);
  });

  it('tells the files that it brings', () => {
    const file = attachmentItem([sha256('x'), 5, 'a\u202eb', 'image/png']);
    const items = itemsOf([{ payload: message({ body: 'hi', attachments: cborList([file]) }) }]);
    expect(entriesIn(items)[0]).toMatchObject({ rest: null, message: { attachments: [{ size: 5 }] } });
    const hash = sha256('x').toString('hex');
    expect(textOf(items)).toContain(`brings "a\\u202eb", type "image/png", 5 bytes, ${hash}`);
  });

  it('that is not understood comes as hex', () => {
    const text = textOf(itemsOf([{ payload: Buffer.from('ff00fe01', 'hex') }]));
    expect(text).toContain('not a message');
    expect(text).toContain('x ff00fe01');
  });

  it('tells its metadata, and in full what is not understood of it', () => {
    const meta = cborMap([
      [1, cborInt(20_000)],
      [99, cborBytes(Buffer.from('5ec2e7', 'hex'))],
    ]);
    const text = textOf(itemsOf([{ payload: message(), meta }]));
    expect(text).toContain('metadata: expires on day 20000 (2024-10-04)');
    expect(text).toContain(`metadata in full: ${meta.toString('hex')}`);
  });

  it('without its payload tells the hash', () => {
    const [entry] = entriesIn(itemsOf([{ payload: message({ body: 'gone' }), dropped: true }]));
    expect(entry).toMatchObject({ dropped: expect.stringMatching(/^[0-9a-f]{64}$/), message: null, rest: null });
  });

  it('never shows less than it holds', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.string({ unit: 'binary' }).map((body) => message({ body: body.toWellFormed() })),
      fc.integer({ min: -(2 ** 40), max: 2 ** 50 }).map((time) => message({ time, lead: 5, body: '' })),
    );
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        // two payloads that differ must look different
        if (a.equals(b)) return;
        const [one, other] = [a, b].map((payload) => {
          const [entry] = entriesIn(itemsOf([{ payload }]));
          return JSON.stringify({ ...entry, id: '' });
        });
        expect(one).not.toBe(other);
      }),
      { numRuns: 200 },
    );
  });
});

describe('text for a terminal', () => {
  it('has no control or bidi characters from the bundle', () => {
    const evil = '\u001b]0;x\u0007\u202eabc\u009b31m\r';
    const payloads = [
      message({ body: evil }),
      message({ type: evil, key: evil }),
      Buffer.from(evil),
      cborMap([[3, cborText(evil)]]),
    ];
    const text = textOf(itemsOf(payloads.map((payload) => ({ payload }))));
    expect(text.replaceAll('\n', '')).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe('a segment that is refused', () => {
  it('is shown byte for byte, because it crosses all the same', () => {
    const run = runOf(wireLog(wireKey('honest'), [{ payload: Buffer.from('one') }]));
    const bad = segment(run, { heads: [Buffer.concat([Buffer.from('0000000000000001', 'hex'), Buffer.alloc(64, 7)])] });
    const items = itemsIn(bundle({ segments: [carried(run, bad)] }));
    expect(items).toContainEqual(expect.objectContaining({ type: 'refused', code: 'bad-chain' }));
    const hex = items.flatMap((item) => (item.type === 'bytes' ? item.hex : [])).join('');
    expect(hex).toBe(bad.toString('hex'));
  });
});

describe('heads', () => {
  it('in the middle are verified too', () => {
    const log = wireLog(wireKey('two heads'), [{ payload: Buffer.from('a') }, { payload: Buffer.from('b') }]);
    const run = runOf(log, 0, 2, [1, 2]);
    const heads = (bytes: Buffer) => itemsIn(bytes).flatMap((item) => (item.type === 'head' ? item.valid : []));
    expect(heads(bundle({ segments: [carried(run)] }))).toEqual([true, true]);
    const good = segment(run);
    const at = good.length - 16 - 2 * 72;
    const forged = [good.subarray(at, at + 8), Buffer.alloc(64, 9)];
    const lied = segment(run, { heads: [Buffer.concat(forged), good.subarray(at + 72, at + 144)] });
    expect(heads(bundle({ segments: [carried(run, lied)] }))).toEqual([false, true]);
  });
});

describe('every bundle of the fixtures', () => {
  const directory = fileURLToPath(new URL('bundles/', FIXTURES));
  const names = fs.readdirSync(directory).filter((name) => name.endsWith('.satchel'));

  it.each(names)('%s is told to the end or refused as it should be', (name) => {
    const bytes = fs.readFileSync(`${directory}${name}`);
    const { code } = JSON.parse(fs.readFileSync(`${directory}${name.replace(/satchel$/, 'json')}`, 'utf8')) as {
      code: string;
    };
    const isSound = code === 'ok' || code === 'refused';
    try {
      const items: Item[] = [];
      const found = inspectBundle(sourceOf(bytes), (item) => items.push(item));
      expect(found).toEqual(summarizeBundle(sourceOf(bytes)));
      expect([isSound, found.ok]).toEqual([true, code === 'ok']);
      expect(entriesIn(items).length + items.filter(({ type }) => type === 'introduction').length).toBe(found.entries);
      expect(items.flatMap(itemLines({ style: PLAIN, columns: 80 })).length).toBeGreaterThan(3);
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      expect(error.code).toBe(code);
    }
  });
});

describe('an introduction', () => {
  it('is told with topic, name and person', () => {
    const items = itemsIn(fs.readFileSync(fileURLToPath(new URL('bundles/good-small.satchel', FIXTURES))));
    const told = items.find((item) => item.type === 'introduction');
    expect(told).toMatchObject({ name: 'Ada', topic: TOPIC.toString('hex'), rest: null, after: null });
  });

  it('is one only where nothing else stands in its segment, for verify too', () => {
    const whole = bundle({ segments: [carried(runOf(ADA_LOG, 0, 3))] });
    expect(itemsIn(whole).map(({ type }) => type)).not.toContain('introduction');
    expect(summarizeBundle(sourceOf(whole)).logs).toMatchObject([{ from: 0, to: 3, person: null, topic: null }]);
    const alone = bundle({ segments: [carried(runOf(ADA_LOG, 0, 1)), carried(runOf(ADA_LOG, 1, 3))] });
    expect(itemsIn(alone).map(({ type }) => type)).toContain('introduction');
    expect(summarizeBundle(sourceOf(alone)).logs).toMatchObject([{ from: 0, to: 3, name: 'Ada' }]);
  });
});
