// What comes piece by piece, as lines.

const LINE_MAX = 1_024;

/** Gives `each` line that is not empty, without its end; one that is too long is cut off. */
export class Lines {
  readonly #each: (line: string) => void;
  readonly #most: number;
  #rest = '';

  constructor(each: (line: string) => void, most = LINE_MAX) {
    this.#each = each;
    this.#most = most;
  }

  add(bytes: Buffer): void {
    const lines = `${this.#rest}${bytes.toString('latin1')}`.split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, this.#most);
    for (const line of lines) if (line !== '') this.#each(line);
  }

  /** A last line without an end is one all the same. */
  end(): void {
    if (this.#rest !== '') this.#each(this.#rest);
  }
}
