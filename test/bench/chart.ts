// Time and size against the number of messages as one SVG picture; both axes logarithmic, so that a straight line of
// slope 1 is growth in proportion.
import { formatBytes, formatMs, type Measured, resultOf } from './report.js';

interface Line {
  readonly label: string;
  readonly color: string;
  readonly isDashed: boolean;
  readonly points: readonly (readonly [number, number])[];
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const PANEL = { width: 420, height: 340 };
const PLOT = { left: 74, top: 40, width: 326, height: 200 };
const LEGEND_COLUMNS = 2;
const COLORS = ['#0b6e99', '#c4501b', '#3c7d32', '#7b4ba8', '#8a6d0b'];

/** The picture. */
export function chartOf(measured: readonly Measured[]): string {
  const tools = ['satchel', 'git'];
  const pick = (operations: readonly string[], value: 'medianMs' | 'bytes'): Line[] =>
    operations.flatMap((operation, i) =>
      tools.map((tool, j) => ({
        label: `${operation}, ${tool}`,
        color: COLORS[i] ?? '#000',
        isDashed: j > 0,
        points: measured.flatMap((one) => point(one.messages, resultOf(one, operation, tool)?.[value])),
      })),
    );
  const gzip: Line = {
    label: 'gzip -6 of the NDJSON',
    color: COLORS[2] ?? '#000',
    isDashed: true,
    points: measured.map(({ messages, gzipBytes }) => [messages, gzipBytes]),
  };
  const panels: Panel[] = [
    {
      title: 'Time: moving it',
      format: formatMs,
      lines: pick(['import into empty', 'full export', 'check --all'], 'medianMs'),
    },
    { title: 'Time: using it', format: formatMs, lines: pick(['read -n 50', 'post one', 'status'], 'medianMs') },
    { title: 'Size', format: formatBytes, lines: [...pick(['full export', '1 % delta export'], 'bytes'), gzip] },
  ];
  const width = PANEL.width * panels.length;
  const style = 'font-family="sans-serif" font-size="12"';
  const body = panels.map((panel, i) => `<g transform="translate(${i * PANEL.width} 0)">${draw(panel)}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${PANEL.height}" ${style}>
<rect width="100%" height="100%" fill="#fff"/>
${body.join('\n')}
</svg>
`;
}

function point(x: number, y: number | undefined): [number, number][] {
  return y === undefined ? [] : [[x, y]];
}

function draw({ title, lines, format }: Panel): string {
  const shown = lines.filter(({ points }) => points.length > 0);
  const points = shown.flatMap((line) => line.points);
  if (points.length === 0) return '';
  const x = axis(
    points.map(([value]) => value),
    PLOT.left,
    PLOT.left + PLOT.width,
  );
  const y = axis(
    points.map(([, value]) => value),
    PLOT.top + PLOT.height,
    PLOT.top,
  );
  const columns = x.ticks.map(
    (tick) =>
      `<text x="${x.at(tick)}" y="${PLOT.top + PLOT.height + 18}" text-anchor="middle">${tick.toLocaleString('en')}</text>`,
  );
  const rows = y.ticks.map(
    (tick) =>
      `<path d="M${PLOT.left} ${y.at(tick)}h${PLOT.width}" stroke="#ddd"/><text x="${PLOT.left - 6}" y="${y.at(tick) + 4}" text-anchor="end">${format(tick)}</text>`,
  );
  const paths = shown.map((line) => drawLine(line, x.at, y.at));
  const legend = shown.map(drawLabel);
  return `<text x="${PLOT.left}" y="22" font-weight="bold">${title}</text>${[...columns, ...rows, ...paths, ...legend].join('')}`;
}

function drawLine(
  { color, isDashed, points }: Line,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const path = points.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${x(a)} ${y(b)}`).join('');
  const dots = points.map(([a, b]) => `<circle cx="${x(a)}" cy="${y(b)}" r="3" fill="${color}"/>`).join('');
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2"${dash(isDashed)}/>${dots}`;
}

function drawLabel({ label, color, isDashed }: Line, i: number): string {
  const left = 20 + (i % LEGEND_COLUMNS) * 200;
  const top = PLOT.top + PLOT.height + 44 + Math.floor(i / LEGEND_COLUMNS) * 18;
  return `<path d="M${left} ${top - 4}h22" stroke="${color}" stroke-width="2"${dash(isDashed)}/><text x="${left + 28}" y="${top}">${label}</text>`;
}

function dash(isDashed: boolean): string {
  return isDashed ? ' stroke-dasharray="5 3"' : '';
}

/** Where values lie between two ends, with a tick at every power of ten around them. */
function axis(values: readonly number[], from: number, to: number) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    at: (value: number): number => Math.round(from + ((Math.log10(value) - first) / (last - first)) * (to - from)),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
  };
}
