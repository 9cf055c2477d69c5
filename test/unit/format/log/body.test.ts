// What a look at a body's metadata alone finds is what reading it entry by entry finds.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BodyReader, encodeBody, metasIn } from '../../../../src/format/log/body.js';
import { sha256Latin1 } from '../../../../src/format/platform.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const entry = fc.record({ meta: bytes(300), payload: bytes(200), isDropped: fc.boolean() });

it('finds the metadata of those entries that have any, dropped ones too', () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const raw = encodeBody(
        entries.map(({ meta, payload, isDropped }) => {
          const payloadHash = sha256Latin1(payload);
          return { meta, payloadLength: payload.length, payload: isDropped ? undefined : payload, payloadHash };
        }),
      );
      const read: Buffer[] = [];
      for (const reader = new BodyReader(raw); reader.next(); ) if (reader.metaLength > 0) read.push(reader.meta);
      expect(metasIn(raw)).toEqual(read);
      expect(read).toEqual(entries.flatMap(({ meta }) => (meta.length > 0 ? [meta] : [])));
    }),
  );
});

it('ends, whatever the bytes are', () => {
  fc.assert(
    fc.property(bytes(400), (raw) => {
      try {
        metasIn(raw);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-segment' });
      }
    }),
  );
});
