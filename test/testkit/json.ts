// JSON for fixtures: what is short stays on one line, so that a file of vectors can be read and compared.

const LINE_MAX = 120;

/** The value as text that ends with a newline. */
export function formatJson(value: object): string {
  return `${format(value, '')}\n`;
}

function format(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (line.length <= LINE_MAX - indent.length || typeof value !== 'object' || value === null) return line;
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + format(item, inner)).join(',\n')}\n${indent}]`;
  }
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
  const lines = pairs.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${format(item, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
