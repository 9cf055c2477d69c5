// Writing a bundle (spec/bundle.md, "Writing"). The manifest comes first and holds the digests of what follows, but its
// size depends only on the members' names and sizes. So a writer asks for the layout, writes every member at its place
// while hashing it, and writes the front last: until then the file is no bundle, and nothing is read twice.
import type { Digest } from '../ids.js';
import { sha256 } from '../platform.js';
import { sign } from '../signature/signature.js';
import { decodeManifest, encodeManifest, type Manifest, manifestMessage } from './manifest.js';
import { blobDigest, MANIFEST_NAME, type MemberSize, type Places, placeMembers, SIGNATURE_NAME } from './members.js';
import { TAR_END, tarHeader, tarPadding } from './tar.js';

/** A manifest without its list of members. */
export type ManifestDraft = Omit<Manifest, 'members'>;

/** A member with its content at hand. */
export interface MemberBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What a writer must know before it writes the first byte. */
export interface BundleLayout extends Places<MemberSize> {
  readonly draft: ManifestDraft;
}

/**
 * The place of everything in a bundle with these members, which must be given in the canonical order.
 * @throws SatchelError `bad-manifest` for a member out of place or totals that cannot be, `over-limit` from 4 GiB on
 */
export function layoutBundle(draft: ManifestDraft, members: readonly MemberSize[]): BundleLayout {
  const placeholders = members.map(({ name, size }) => ({ name, size, sha256: blobDigest(name) ?? NO_DIGEST }));
  const bytes = encodeManifest({ ...draft, members: placeholders });
  decodeManifest(bytes); // whatever a reader would refuse is refused before a member is written
  const sizes = members.map(({ name, size }) => ({ name, size }));
  return { draft, ...placeMembers(bytes.length, sizes) };
}

/**
 * The first `frontSize` bytes of the file: the signed manifest. To be written last, when all digests are known.
 * @throws SatchelError `bad-manifest` when a blob's digest is not its name
 */
export function bundleFront(layout: BundleLayout, digests: ReadonlyMap<string, Digest>, seed: Buffer): Buffer {
  const members = layout.members.map(({ name, size }) => ({ name, size, sha256: digests.get(name) ?? NO_DIGEST }));
  const manifest = encodeManifest({ ...layout.draft, members });
  decodeManifest(manifest);
  const signature = sign(seed, manifestMessage(manifest));
  return Buffer.concat([
    ...memberBlocks({ name: MANIFEST_NAME, bytes: manifest }),
    ...memberBlocks({ name: SIGNATURE_NAME, bytes: signature }),
  ]);
}

/** A whole bundle piece by piece, signed with `seed`; for members that fit into memory. */
export function* packBundle(draft: ManifestDraft, members: readonly MemberBytes[], seed: Buffer): Iterable<Buffer> {
  const layout = layoutBundle(
    draft,
    members.map(({ name, bytes }) => ({ name, size: bytes.length })),
  );
  const digests = new Map(members.map(({ name, bytes }) => [name, sha256(bytes) as Digest]));
  yield bundleFront(layout, digests, seed);
  for (const member of members) yield* memberBlocks(member);
  yield TAR_END;
}

const NO_DIGEST = '0'.repeat(64) as Digest;

function memberBlocks({ name, bytes }: MemberBytes): [Buffer, Buffer, Buffer] {
  return [tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)];
}
