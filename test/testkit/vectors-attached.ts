// Vectors of what counts as attached: what a message and its clear metadata both say (spec/message.md, "Attachments").
import type { Vector } from './vector.js';
import { sha256 } from './wire.js';
import { cborBytes, cborInt, cborList, cborMap } from './wire-cbor.js';
import { attachmentItem, message, type WireAttachment } from './wire-message.js';

/** A payload, its metadata, and the names of the attachments that count. */
export interface AttachedVector extends Vector {
  readonly payload: string;
  readonly meta: string;
  readonly counts: readonly string[];
}

/** All of them. */
export function attachedVectors(): AttachedVector[] {
  return [
    vector('both', 'both say the same', [A, B], [A, B], ['a', 'b']),
    vector('same-blob-twice', 'one content under two names', [A, ALSO_A], [A, ALSO_A], ['a', 'also-a']),
    vector('no-meta', 'nothing in the clear: it never travelled', [A], undefined, []),
    vector('no-message', 'carried, and shown nowhere', undefined, [A], []),
    vector('other-root', 'another root in the clear', [A], [B], []),
    vector('other-size', 'another size in the clear', [A], [[sha256('a'), 8, 'a', '']], []),
    vector('second-missing', 'only the first in the clear', [A, B], [A], ['a']),
    vector('more-in-the-clear', 'more in the clear than said', [A], [A, B], ['a']),
    vector('swapped', 'the order counts', [A, B], [B, A], []),
    vector('one-differs', 'what agrees counts', [A, B], [A, A], ['a']),
  ];
}

function vector(
  name: string,
  comment: string,
  said: readonly WireAttachment[] | undefined,
  clear: readonly WireAttachment[] | undefined,
  counts: readonly string[],
): AttachedVector {
  const payload = message({ body: 'Here', ...(said && { attachments: cborList(said.map(attachmentItem)) }) });
  const blobs = clear?.map(([root, size]) => cborList([cborBytes(root), cborInt(size)]));
  const meta = blobs ? cborMap([[2, cborList(blobs)]]) : Buffer.alloc(0);
  return { name: `attached-${name}`, comment, payload: payload.toString('hex'), meta: meta.toString('hex'), counts };
}

const A: WireAttachment = [sha256('a'), 7, 'a', 'text/plain'];
const ALSO_A: WireAttachment = [sha256('a'), 7, 'also-a', ''];
const B: WireAttachment = [sha256('b'), 9, 'b', ''];
