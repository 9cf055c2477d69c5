// Files whose listing shows what was there a while ago, as that of some stores does. A server's clock goes by what it is asked:
// nothing has to be waited for.

/** What each request takes, ms. */
export const REQUEST_MS = 100;

/** The files of a server. */
export class Lagging {
  /** As they are. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** How old a listing is, ms. */
  readonly lagMs: number;
  readonly #before: ReadonlyMap<string, Buffer>[] = [];

  constructor(files: ReadonlyMap<string, Buffer>, lagMs: number) {
    this.files = files;
    this.lagMs = lagMs;
  }

  /** Something is asked: time goes on. */
  tick(): void {
    this.#before.push(new Map(this.files));
    if (this.#before.length > this.lagMs / REQUEST_MS) this.#before.shift();
  }

  /** As a listing shows them. */
  get listed(): ReadonlyMap<string, Buffer> {
    return this.lagMs === 0 ? this.files : (this.#before[0] ?? new Map());
  }
}
