// What is told of the lines of a stream that cannot be posted (spec/cli.md, "post").
import { EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import type { Context } from '../../command/context.js';
import { describeFailure } from '../../command/errors.js';
import { writeText } from '../../terminal/write-text.js';

/** What the process ends with when a line was refused, whatever for. */
export const REFUSED_EXIT = EXIT_OF_CODE.refused;
/** Lines of a batch that are told one by one, at most: whoever sends a hundred thousand bad ones reads none of them. */
const TOLD_MAX = 1_000;

/** Refusals on their way to stderr, named by the numbers of their lines. */
export class RefusedLines {
  readonly #context: Pick<Context, 'stderr' | 'json'>;
  #told = 0;
  #untold = 0;
  #firstUntold = Number.POSITIVE_INFINITY;
  #hasAny = false;

  readonly #unit: string;

  /** `unit` is what a piece of the stream is called. */
  constructor(context: Pick<Context, 'stderr' | 'json'>, unit = 'line') {
    this.#context = context;
    this.#unit = unit;
  }

  /** Whether a line was refused so far. */
  get hasAny(): boolean {
    return this.#hasAny;
  }

  /** Tells why the line was refused, or counts it when its batch has told enough. */
  add(number: number, { code, message, hint }: SatchelError): void {
    this.#hasAny = true;
    if (this.#told < TOLD_MAX) {
      this.#told++;
      const error = new SatchelError(code, `${this.#unit} ${number}: ${message}`, hint === undefined ? {} : { hint });
      this.#tell(error, number);
    } else {
      this.#untold++;
      this.#firstUntold = Math.min(this.#firstUntold, number);
    }
  }

  /** Tells how many lines of the batch were only counted; the next one tells its own again. */
  endBatch(): void {
    if (this.#untold > 0) {
      const lines = this.#untold === 1 ? `1 more ${this.#unit} is` : `${this.#untold} more ${this.#unit}s are`;
      const hint = 'mend them, and run it again: what has a "key" is not posted twice';
      this.#tell(
        new SatchelError('refused', `${lines} refused, the first of them ${this.#unit} ${this.#firstUntold}`, { hint }),
        this.#firstUntold,
      );
    }
    this.#told = 0;
    this.#untold = 0;
    this.#firstUntold = Number.POSITIVE_INFINITY;
  }

  #tell(error: SatchelError, number: number): void {
    const within = { exit: REFUSED_EXIT, at: { [this.#unit]: number } };
    writeText(this.#context.stderr, describeFailure(error, { json: this.#context.json, within }).text);
  }
}
