// The order of private entries: where all are opened, that of their exact clocks.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogId } from '../../../../src/format/ids.js';
import {
  compareHourPlaces,
  exactClocks,
  HOUR_MS,
  type HourEntry,
  type HourPlaced,
  hourPlaces,
  splitClocks,
} from '../../../../src/topic/order/hour-clock.js';
import { trying } from '../../../testkit/effort.js';

/** Clocks of a few hours, so that many meet. */
const near = fc.integer({ min: 0, max: 4 * HOUR_MS });
const clocks = fc.tuple(near, near).map(([time, ahead]) => ({ time: time - HOUR_MS, clock: time + ahead }));
const logs = fc.array(fc.array(fc.tuple(near, fc.boolean()), { maxLength: 12 }), { minLength: 1, maxLength: 4 });

test('exact clocks come back, and outside are whole hours', () => {
  fc.assert(
    fc.property(clocks, (exact) => {
      const { outer, inner } = splitClocks(exact);
      expect(exactClocks(outer, inner)).toEqual(exact);
      for (const at of [outer.time, outer.clock]) expect(Math.abs(at % HOUR_MS)).toBe(0);
      expect(outer.clock).toBeGreaterThanOrEqual(outer.time);
      // unopened it is as late as it can be
      expect(exactClocks(outer).clock).toBe(outer.clock + HOUR_MS - 1);
    }),
    trying(200),
  );
});

test('opened entries of honest authors are in the order of their exact clocks, within a log of their seqs', () => {
  fc.assert(
    fc.property(logs, (all) => {
      const said = all.map((log) => log.map(([clock]) => clock).sort((a, b) => a - b));
      const placed = orderOf(said.map((log) => log.map((clock) => ({ clock, isOpened: true }))));
      const exact = placed.map(({ log, seq }) => said[Number(log)]?.[seq - 1] ?? 0);
      expect(exact).toEqual([...exact].sort((a, b) => a - b));
      for (const name of said.keys()) {
        const seqs = placed.filter(({ log }) => Number(log) === name).map(({ seq }) => seq);
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      }
    }),
    trying(200),
  );
});

test('whatever is opened, nobody else moves, and the hour stays', () => {
  fc.assert(
    fc.property(logs, fc.nat(), (all, which) => {
      const said = all.map((log) => log.map(([clock, isOpened]) => ({ clock, isOpened })));
      const before = orderOf(said);
      const closed = before.filter(({ inner }) => inner === Number.POSITIVE_INFINITY);
      const { log, seq } = closed[which % closed.length] ?? {};
      if (log === undefined || seq === undefined) return;
      const opened = said.map((one, i) =>
        i === Number(log) ? one.map((entry, at) => (at === seq - 1 ? { ...entry, isOpened: true } : entry)) : one,
      );
      const after = orderOf(opened);
      // entries of other logs keep their order among themselves, and every entry its hour
      const others = (order: readonly HourPlaced[]) => order.filter((one) => one.log !== log).map(nameOf);
      expect(others(after)).toEqual(others(before));
      const hours = (order: readonly HourPlaced[]) => order.map((one) => [nameOf(one), one.clock]).sort();
      expect(hours(after)).toEqual(hours(before));
    }),
    trying(200),
  );
});

/** The entries of some logs, whose exact clocks are given, in order. Outer effective clocks run as in open topics. */
function orderOf(said: readonly (readonly { readonly clock: number; readonly isOpened: boolean }[])[]): HourPlaced[] {
  const places = said.flatMap((log, name) => {
    let hour = 0;
    const entries = log.map(({ clock, isOpened }, i): HourEntry => {
      const { outer, inner } = splitClocks({ time: clock, clock });
      hour = Math.max(hour, outer.clock);
      return { log: `${name}` as LogId, seq: i + 1, clock: hour, inner: isOpened ? inner.clock : undefined };
    });
    return [...hourPlaces(entries)];
  });
  return places.sort(compareHourPlaces);
}

function nameOf({ log, seq }: HourPlaced): string {
  return `${log} ${seq}`;
}
