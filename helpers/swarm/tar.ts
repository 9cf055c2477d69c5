// Files as a tar file (POSIX ustar), which is how a node takes a folder.

const BLOCK = 512;
const HEAD = { size: 124, sizeDigits: 11, sum: 148, sumWidth: 8, type: 156, magic: 257 } as const;
const MODE = 100;

/** A file whose bytes are had when it is its turn. */
export interface TarFile {
  readonly name: string;
  readonly size: number;
  bytes(): AsyncIterable<Uint8Array>;
}

/** The whole tar file, piece by piece. @throws Error when a file has more or fewer bytes than it says */
export async function* tarOf(files: readonly TarFile[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headOf(file);
    let size = 0;
    for await (const piece of file.bytes()) {
      size += piece.length;
      if (size > file.size) break;
      yield piece;
    }
    if (size !== file.size) throw new Error(`${file.name} has another size than was noted`);
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function headOf({ name, size }: TarFile): Buffer {
  const head = Buffer.alloc(BLOCK);
  head.write(name);
  head.write('0000644\0', MODE);
  head.write(`${size.toString(8).padStart(HEAD.sizeDigits, '0')}\0`, HEAD.size);
  head.write(' '.repeat(HEAD.sumWidth), HEAD.sum);
  head.write('0', HEAD.type);
  head.write('ustar\x0000', HEAD.magic);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(HEAD.sumWidth - 2, '0')}\0 `, HEAD.sum);
  return head;
}
