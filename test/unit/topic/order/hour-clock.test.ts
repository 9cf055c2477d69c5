// Clocks in two parts: whole hours, and what is within them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactClocks, HOUR_MS, splitClocks } from '../../../../src/topic/order/hour-clock.js';
import { trying } from '../../../testkit/effort.js';

/** Clocks of a few hours, so that many meet. */
const near = fc.integer({ min: 0, max: 4 * HOUR_MS });
const clocks = fc.tuple(near, near).map(([time, ahead]) => ({ time: time - HOUR_MS, clock: time + ahead }));

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
