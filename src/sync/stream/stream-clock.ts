// Waiting, as a stream does it: a parameter, so that tests need not wait (spec/stream.md, "Time").

/** Measures time that passes. */
export interface StreamClock {
  /** Calls back once after so many milliseconds; what comes back takes that back. */
  after(ms: number, done: () => void): () => void;
}

/** That of this machine. */
export const SYSTEM_CLOCK: StreamClock = {
  after: (ms, done) => {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  },
};
