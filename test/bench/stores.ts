// What visits to drives at a URL cost, as a section of the page: found by test/bench/stores.cost.ts, counted and not timed.
import { formatBytes, markdownTable } from './report.js';

/** Of one visit to one store. */
export interface StoreCost {
  readonly store: string;
  readonly situation: string;
  /** Requests of the visit to the store, beside those for bundles. */
  readonly asked: number;
  /** Requests for bundles. */
  readonly bundles: number;
  /** On the wire, with all that the store's protocol needs. */
  readonly requests: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** The section. */
export function storesSection(costs: readonly StoreCost[]): string {
  const rows = costs.map((cost) => [
    cost.store,
    cost.situation,
    `${cost.asked}`,
    `${cost.bundles}`,
    `${cost.requests}`,
    formatBytes(cost.sentBytes),
    formatBytes(cost.receivedBytes),
  ]);
  const heading = ['store', 'visit', 'asked for', 'bundles', 'requests', 'sent', 'received'];
  return `## Drives at a URL

Counted by \`npm run bench -- --stores\`, with servers on this computer: two people who know each other, sealed bundles, one at rest before the other writes. *Asked for* is what a visit asks of the store beside bundles - listings, the marker, cards -, at most one when nothing is new and four when something is, which tests hold every store to; *requests* and bytes are what passes on the wire, with logging in, headers and replies. Stand-ins answer as the documents of the interface say, and not as a network does.

${markdownTable(heading, rows)}
`;
}
