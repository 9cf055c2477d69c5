// Files whose listing shows what was there a while ago, as that of some stores does. A server's clock goes by what it is asked:
// nothing has to be waited for.

/** What each request takes, ms. */
export const REQUEST_MS = 100;

/** The files of a server, or what else its listing tells of them. */
export class Lagging<File = Buffer> {
  /** As they are. */
  readonly files: ReadonlyMap<string, File>;
  /** How old a listing is, ms. */
  readonly lagMs: number;
  readonly #before: ReadonlyMap<string, File>[] = [];

  constructor(files: ReadonlyMap<string, File>, lagMs: number) {
    this.files = files;
    this.lagMs = lagMs;
  }

  /** Something is asked: time goes on. */
  tick(): void {
    this.#before.push(new Map(this.files));
    if (this.#before.length > this.lagMs / REQUEST_MS) this.#before.shift();
  }

  /** As a listing shows them. */
  get listed(): ReadonlyMap<string, File> {
    return this.lagMs === 0 ? this.files : (this.#before[0] ?? new Map());
  }
}
