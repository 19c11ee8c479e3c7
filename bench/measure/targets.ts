/** The table of PERFORMANCE.md: what the program must reach, measured against a peer of the same run. */
import { markdownTable, megabytes, seconds } from './markdown.ts';
import type { Measured } from './rounds.ts';

interface Ratio {
  readonly row: string;
  readonly of: string;
  readonly against: string;
  readonly peer: string;
  readonly most: number;
  /** How the limit is written, where it is not the plain number. */
  readonly written?: string;
}

const DETECT = '`detect`, every built-in detector';

const RATIOS: readonly Ratio[] = [
  { row: DETECT, of: 'detect', against: 'duckdb-filter', peer: 'DuckDB, 2 threads, one filter', most: 0.7 },
  { row: DETECT, of: 'detect', against: 'rg', peer: '`rg -c`, eight literals', most: 0.4 },
  { row: DETECT, of: 'detect', against: 'jq', peer: '`jq`, one filter', most: 1 / 25, written: '1/25' },
  { row: DETECT, of: 'detect', against: 'jq', peer: '`jq`, one filter (then)', most: 1 / 40, written: '1/40' },
  { row: DETECT, of: 'detect', against: 'wc', peer: '`wc -l`', most: 4 },
  {
    row: '`top --by verb,resource,user`',
    of: 'top',
    against: 'duckdb-group',
    peer: 'DuckDB group by, 2 threads',
    most: 0.8,
  },
  { row: '`detect` on one `.gz`', of: 'detect-gz', against: 'zcat', peer: '`zcat > /dev/null`', most: 1.1 },
  { row: '`--version`', of: 'version', against: 'node', peer: '`node -e 0`', most: 1.5 },
];

/** DuckDB's start is long beside a short log, and none of its work: the ratio without it is told beside. */
const WITHOUT_START: readonly (readonly [of: string, against: string, start: string])[] = [
  ['detect', 'duckdb-filter', 'duckdb-start'],
  ['top', 'duckdb-group', 'duckdb-start'],
];

/** Bytes. */
const MEMORY = 200e6;
const MEMORY_OF = ['detect', 'detect-gz'];

function ratioText(ratio: number): string {
  return ratio < 0.1 ? `1/${(1 / ratio).toFixed(1)}` : ratio.toFixed(2);
}

function verdict(met: boolean): string {
  return met ? 'met' : '**not met**';
}

/** The rows of which both sides were measured; the others are named under the table. */
export function targetsTable(all: readonly Measured[]): string {
  const byId = new Map(all.map((measured) => [measured.work.id, measured]));
  const rows: string[][] = [];
  const left: string[] = [];
  for (const { row, of, against, peer, most, written } of RATIOS) {
    const [ours, theirs] = [byId.get(of)?.wall.median, byId.get(against)?.wall.median];
    if (ours === undefined || theirs === undefined) {
      left.push(`${row} against ${peer}`);
      continue;
    }
    const figures = `${seconds(ours)} / ${seconds(theirs)}`;
    rows.push([row, peer, written ?? String(most), ratioText(ours / theirs), figures, verdict(ours <= most * theirs)]);
  }
  for (const id of MEMORY_OF) {
    const measured = byId.get(id);
    if (measured === undefined) continue;
    const most = measured.memory.most;
    rows.push([
      `peak memory, ${measured.work.title}`,
      '',
      megabytes(MEMORY),
      megabytes(most),
      '',
      verdict(most <= MEMORY),
    ]);
  }
  for (const ids of WITHOUT_START) {
    const [ours, theirs, start] = ids.map((id) => byId.get(id)?.wall.median);
    if (ours === undefined || theirs === undefined || start === undefined) continue;
    const ratio = ratioText(ours / (theirs - start));
    rows.push([
      `(\`${ids[0]}\`)`,
      '(DuckDB, its start taken off)',
      '',
      ratio,
      `${seconds(ours)} / ${seconds(theirs - start)}`,
      '',
    ]);
  }
  const table = markdownTable(['work', 'against', 'at most', 'measured', 'medians', ''], rows);
  const note = left.length === 0 ? '' : `\nNot measured in this run: ${left.join('; ')}.\n`;
  return `${table}${note}\nMemory of 400 MB against 8 GB: bench/memory.ts. \`--follow\`: bench/follow.ts.\n`;
}
