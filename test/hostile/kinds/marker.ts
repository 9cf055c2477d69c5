// The marker of a drive: a small file on a stick that anybody could write to.
import { decodeMarker } from '../../../src/sync/drive/marker.js';
import { bytesOf } from '../../testkit/wire.js';
import type { HostileCase, Kind } from '../case.js';
import { exitOf } from '../cast.js';

const ID = '0123456789abcdef0123456789abcdef';

/** drive.json; the drive is in the directory of the case. */
export const MARKER: Kind = {
  name: 'drive marker',
  place: 'satchel/drive.json',
  judge: (content) => exitOf(() => (typeof decodeMarker(content) === 'string' ? 30 : 0)),
  cases: [
    marker('an empty file', ''),
    marker('4 KiB of zeros', bytesOf(4_096)),
    marker('4 KiB of lists within one another', '['.repeat(2_048) + ']'.repeat(2_048)),
    marker('4 KiB of lists that are not closed', '['.repeat(4_096)),
    marker('lists within its label', text({ label: deepList(500) })),
    marker('a list', '[]'),
    marker('null', 'null'),
    marker('a number of 4,000 digits', '9'.repeat(4_000)),
    marker('a label of 4,000 bytes', text({ label: 'x'.repeat(3_900) })),
    marker('a label that turns text around', text({ label: 'a\u202e\u001b[2J' })),
    marker('an id that leads out of its folder', text({ id: '../../../../../../etc/passwd' })),
    marker('an id in capitals', text({ id: ID.toUpperCase() })),
    marker('keys that every object has', '{"__proto__":{"format":"satchel-drive/1"},"constructor":1}'),
    marker('a format of somebody else', text({ format: 'other-drive/1' })),
    marker('a format that comes much later', text({ format: `satchel-drive/${'9'.repeat(900)}` }), 13),
    marker('16 MiB', bytesOf(16 * 1_048_576, 0x20)),
    marker('bytes that are no UTF-8', bytesOf(900, 0xff)),
  ],
};

function marker(name: string, content: string | Buffer, exit = 30): HostileCase {
  return { name, content: () => Buffer.from(content as string), runs: [{ args: ['sync', 'DIR'], exit }] };
}

function text(fields: object): string {
  return JSON.stringify({
    format: 'satchel-drive/1',
    id: ID,
    label: 'x',
    created: '2026-01-01T00:00:00.000Z',
    ...fields,
  });
}

function deepList(depth: number): unknown {
  let list: unknown = 0;
  for (let i = 0; i < depth; i++) list = [list];
  return list;
}
