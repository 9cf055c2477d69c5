// The causal graph of messages: a lane for each log, and before a message the edges from those it cites.
//
//   ●    Ana          ● a message      ├─╮ cites the message in that lane
//   ├─╮               │ the log goes on
//   │ ●  Bob

/** A message as the graph sees it; `cites` are logs whose messages it follows. */
export interface GraphNode {
  readonly log: string;
  readonly cites: readonly string[];
}

/** What stands left of a message: a line of edges before it, on its first line, and on the lines below. */
export interface GraphRow {
  readonly edges: readonly Cell[] | undefined;
  readonly at: readonly Cell[];
  readonly below: readonly Cell[];
  /** Columns of every cell sequence. */
  readonly width: number;
}

/** A piece of a lane: two columns, and the lane it is coloured by. */
export interface Cell {
  readonly text: string;
  readonly lane: number;
}

/** More logs than this at once share the last lane, without edges. */
const LANES_MAX = 12;

interface Lanes {
  readonly ofLog: Map<string, number>;
  readonly taken: (string | undefined)[];
}

/** The rows for messages in order, oldest first. */
export function drawGraph(nodes: readonly GraphNode[]): GraphRow[] {
  const lastUse = lastUses(nodes);
  const lanes: Lanes = { ofLog: new Map(), taken: [] };
  const shapes = nodes.map((node, at) => drawNode(node, at, lanes, lastUse));
  const width = 2 * Math.max(1, ...shapes.map((shape) => shape.at.length));
  return shapes.map((shape) => ({ ...shape, width }));
}

/** The index of the last message that is in the log or cites it: until there its lane goes on. */
function lastUses(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  nodes.forEach((node, at) => {
    for (const log of [node.log, ...node.cites]) last.set(log, at);
  });
  return last;
}

function drawNode(
  node: GraphNode,
  at: number,
  lanes: Lanes,
  lastUse: ReadonlyMap<string, number>,
): Omit<GraphRow, 'width'> {
  const sources = new Set(node.cites.filter((log) => log !== node.log).flatMap((log) => lanes.ofLog.get(log) ?? []));
  const active = activeLanes(lanes);
  const lane = lanes.ofLog.get(node.log) ?? takeLane(node.log, lanes);
  sources.delete(lane);
  for (const [log] of lanes.ofLog) if (log !== node.log && (lastUse.get(log) ?? 0) <= at) freeLane(log, lanes);
  const after = activeLanes(lanes);
  const edges = sources.size > 0 ? drawEdges({ lane, sources, active, after }) : undefined;
  const row = { edges, at: drawLine(after, lane) };
  if ((lastUse.get(node.log) ?? 0) <= at) freeLane(node.log, lanes);
  return { ...row, below: drawLine(activeLanes(lanes)) };
}

function activeLanes(lanes: Lanes): boolean[] {
  return lanes.taken.map((log) => log !== undefined);
}

function takeLane(log: string, lanes: Lanes): number {
  const free = lanes.taken.indexOf(undefined);
  const lane = free >= 0 ? free : lanes.taken.length;
  // Beyond the limit the message is drawn in the last lane, which stays its owner's.
  if (lane >= LANES_MAX) return LANES_MAX - 1;
  lanes.taken[lane] = log;
  lanes.ofLog.set(log, lane);
  return lane;
}

function freeLane(log: string, lanes: Lanes): void {
  const lane = lanes.ofLog.get(log);
  if (lane === undefined) return;
  lanes.taken[lane] = undefined;
  lanes.ofLog.delete(log);
  while (lanes.taken.length > 0 && lanes.taken.at(-1) === undefined) lanes.taken.pop();
}

function drawLine(active: readonly boolean[], node?: number): Cell[] {
  const length = Math.max(active.length, (node ?? -1) + 1);
  return Array.from({ length }, (_, lane) => ({ lane, text: lane === node ? '● ' : active[lane] ? '│ ' : '  ' }));
}

interface Edges {
  readonly lane: number;
  readonly sources: ReadonlySet<number>;
  /** Lanes that come from above, and lanes that go on below. */
  readonly active: readonly boolean[];
  readonly after: readonly boolean[];
}

function drawEdges(edges: Edges): Cell[] {
  const ends = [edges.lane, ...edges.sources];
  const from = Math.min(...ends);
  const to = Math.max(...ends);
  return Array.from({ length: Math.max(edges.active.length, edges.after.length, to + 1) }, (_, lane) => {
    const inside = lane >= from && lane < to;
    return { lane, text: crossing(lane, { from, to, ...edges }) + (inside ? '─' : ' ') };
  });
}

function crossing(lane: number, edges: Edges & { readonly from: number; readonly to: number }): string {
  const { from, to, active, after } = edges;
  const up = active[lane] === true;
  const isEnd = lane === edges.lane || edges.sources.has(lane);
  if (!isEnd) return up || after[lane] ? '│' : lane > from && lane < to ? '─' : ' ';
  const down = lane === edges.lane || after[lane] === true;
  return JOINTS[`${up ? 'u' : ''}${down ? 'd' : ''}${lane > from ? 'l' : ''}${lane < to ? 'r' : ''}`] ?? '─';
}

const JOINTS: Readonly<Record<string, string>> = {
  udr: '├',
  udl: '┤',
  udlr: '┼',
  dr: '╭',
  dl: '╮',
  dlr: '┬',
  ur: '╰',
  ul: '╯',
  ulr: '┴',
};
