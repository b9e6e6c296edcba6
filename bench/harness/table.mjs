/**
 * A Markdown table that is also one for the eye.
 *
 * @param {string[]} head the first column is text, all others are numbers.
 * @param {string[][]} rows
 */
export function table(head, rows) {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, i) => pad(cell, i, widths[i])).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function pad(cell, column, width) {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

const HEAD = ['', 'requests/s', 'to unguarded', 'CPU µs', 'added CPU µs', 'p50 ms', 'p99 ms', 'RSS MB'];

/** @param {import('./rounds.mjs').Row[]} rows */
export function httpTable(rows) {
  return table(
    HEAD,
    rows.map((row) => [
      row.title,
      row.perSecond.toLocaleString('en'),
      row.ratio.toFixed(2),
      row.cpu.toFixed(1),
      row.id === 'unguarded' ? '' : row.added.toFixed(1),
      row.p50.toFixed(1),
      row.p99.toFixed(1),
      (row.rss / 1e6).toFixed(0),
    ]),
  );
}

const UNITS = { us: 'µs', bytes: 'bytes', ratio: '' };

/** @param {{ title: string, value: number, unit: keyof typeof UNITS }[]} rows */
export function microTable(rows) {
  return table(
    ['', 'median', 'unit'],
    rows.map(({ title, value, unit }) => [title, format(value, unit), UNITS[unit]]),
  );
}

function format(value, unit) {
  return unit === 'bytes' ? value.toLocaleString('en') : value.toPrecision(value < 0.01 ? 1 : 3);
}
