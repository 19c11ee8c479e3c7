import type { Measured, Spread } from './rounds.ts';

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

export function seconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function range(spread: Spread, text: (value: number) => string): string {
  return `${text(spread.least)} to ${text(spread.most)}`;
}

/** As one would type it, with short names in the place of long paths. */
function commandText(argv: readonly string[], names: ReadonlyMap<string, string>): string {
  return argv
    .map((word) => names.get(word) ?? word)
    .map((word) => (/^[\w./:=@,-]+$/.test(word) ? word : `'${word}'`))
    .join(' ');
}

/** What was run: work, command, median, range, processor time, peak memory. */
export function measuredTable(all: readonly Measured[], names: ReadonlyMap<string, string>): string {
  return markdownTable(
    ['work', 'command', 'median', 'range', 'processor', 'peak memory'],
    all.map(({ work, wall, processor, memory }) => [
      work.title,
      `\`${commandText(work.argv, names)}\``,
      seconds(wall.median),
      range(wall, seconds),
      seconds(processor.median),
      megabytes(memory.most),
    ]),
  );
}
