import type { Column, Row, SinkFactory, SinkOptions } from '../../src/sinks/types.ts';

export function rowOf(cells: Record<string, unknown>): Row {
  return { cells, json: () => JSON.stringify(cells) };
}

/** All writes of one run; `batch` rows are handed over at a time, each followed by a flush where `flush` says so. */
export async function writesOf(
  sink: SinkFactory,
  columns: readonly Column[] | undefined,
  rows: readonly Record<string, unknown>[],
  { batch = 100, flush = false, ...options }: Partial<SinkOptions> & { batch?: number; flush?: boolean } = {},
): Promise<string[]> {
  const writes: string[] = [];
  const out = {
    async write(text: string) {
      writes.push(text);
    },
  };
  const run = sink(out, columns, { width: undefined, colour: false, ...options });
  if (flush) await run.flush();
  for (let i = 0; i < rows.length; i += batch) {
    await run.write(rows.slice(i, i + batch).map(rowOf));
    if (flush) await run.flush();
  }
  await run.end();
  return writes;
}

export async function textOf(...run: Parameters<typeof writesOf>): Promise<string> {
  return (await writesOf(...run)).join('');
}
