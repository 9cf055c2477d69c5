// A general tar file, written piece by piece: what any tar program unpacks. Beside the reader of other people's archives the one
// place that knows tar-stream.
import { type Pack, pack } from 'tar-stream';

/** A member of known size. */
export interface TarMember {
  readonly name: string;
  readonly size: number;
  /** Its content, in pieces that stay as they are. */
  pieces(): Iterable<Buffer>;
}

/** The bytes of a tar file with these members, whose times are `at` (ms). @throws whatever a member's content throws */
export async function* tarOf(members: Iterable<TarMember>, at: number): AsyncGenerator<Buffer> {
  const tar = pack();
  const written = fill(tar, members, at).then(
    () => tar.finalize(),
    (error: Error) => void tar.destroy(error),
  );
  try {
    for await (const piece of tar) yield piece as Buffer;
  } finally {
    tar.destroy();
    await written;
  }
}

async function fill(tar: Pack, members: Iterable<TarMember>, at: number): Promise<void> {
  for (const { name, size, pieces } of members) {
    await new Promise<void>((resolve, reject) => {
      const entry = tar.entry({ name, size, mode: 0o600, mtime: new Date(at) }, (error) =>
        error ? reject(error) : resolve(),
      );
      feed(entry, pieces()).catch(reject);
    });
  }
}

async function feed(entry: ReturnType<Pack['entry']>, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) {
    if (!entry.write(piece)) await moved(entry);
  }
  entry.end(undefined);
}

/** Waits until there is room again, or nobody reads any more. */
function moved(entry: ReturnType<Pack['entry']>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      entry.off('drain', done);
      entry.off('close', done);
      resolve();
    };
    entry.on('drain', done);
    entry.on('close', done);
  });
}
