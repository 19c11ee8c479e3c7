import { plain } from '../detect/plain.ts';
import { UsageError } from '../errors.ts';
import { evaluateCounted, runCounted } from '../expression/evaluate-counted.ts';
import { readEvents, readRequests } from '../scan.ts';
import { countText } from '../sinks/quantities.ts';
import type { Column, Row } from '../sinks/types.ts';
import { type Arguments, text, texts } from './arguments.ts';
import { parseColumnList } from './column-list.ts';
import { parseCount } from './numbers.ts';
import { createPlan } from './plan.ts';
import { exitStatus, tellSummary } from './tell.ts';

const DEFAULT_LIMIT = 20;
/** Groups that are counted one by one; what comes after them is counted as other. */
const MAX_GROUPS = 100_000;
/** A value longer than this is counted by its beginning: an attacker chooses names and user agents. */
const MAX_KEY = 512;

/** `auditscan top --by FIELD[,FIELD…] [paths..]`: how often each combination of values comes. */
export async function top(args: Arguments): Promise<number> {
  const list = text(args.by);
  if (list === undefined) throw new UsageError('top needs --by, for example --by user,verb,resource');
  const plan = await createPlan(args, texts(args.paths));
  const { summary } = plan;
  const fields = parseColumnList('by', list, plan.config.lists);
  if (fields.some(({ name }) => name === 'count'))
    throw new UsageError('--by: count is the name of a column already; give another');
  const limit = text(args.limit) === undefined ? DEFAULT_LIMIT : parseCount('limit', String(args.limit));
  const unit = args.events === true ? 'event' : 'request';
  const counts = new Map<string, number>();
  let other = 0;
  let total = 0;

  for await (const records of (unit === 'event' ? readEvents : readRequests)(plan.reading)) {
    // Those that wait for a thread are asked for all at once.
    const waiting = fields.map(({ name, expression }) =>
      expression.predicate ? [] : records.map((record) => evaluateCounted(`--by ${name}`, expression, record, summary)),
    );
    await Promise.all(waiting.flat());
    for (const [index, record] of records.entries()) {
      const values: unknown[] = [];
      for (const [field, { name, expression }] of fields.entries()) {
        const { predicate } = expression;
        const value = predicate
          ? runCounted(`--by ${name}`, predicate, record, summary)
          : await waiting[field]?.[index];
        values.push(value ?? null);
      }
      const key = keyOf(values);
      const count = counts.get(key);
      total += 1;
      if (count !== undefined) counts.set(key, count + 1);
      else if (counts.size < MAX_GROUPS) counts.set(key, 1);
      else other += 1;
    }
  }

  const columns: Column[] = [
    { key: 'count', title: 'count', align: 'right' },
    ...fields.map(({ name }) => ({ key: `by.${name}`, title: name, shrink: 1 as const })),
  ];
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = limit === 0 ? sorted : sorted.slice(0, limit);
  const sink = await plan.openSink(columns);
  await sink.write(
    shown.map(([key, count]) =>
      countRow(
        key,
        count,
        fields.map(({ name }) => name),
      ),
    ),
  );
  await sink.end();

  if (shown.length < sorted.length) {
    const covered = shown.reduce((sum, [, count]) => sum + count, 0);
    plan.summary.notes.push(
      `${shown.length} of ${countText(sorted.length, 'group')} shown, ${percent(covered, total)} of all; --limit 0 shows every one`,
    );
  }
  if (other > 0)
    plan.summary.notes.push(`${countText(other, unit)} fell into further groups, which were not counted one by one`);
  tellSummary(plan, countText(sorted.length, 'group'), unit);
  return exitStatus(plan, 0);
}

/** One JSON array for all values, long ones cut. */
function keyOf(values: readonly unknown[]): string {
  return JSON.stringify(
    values.map((value) => {
      if (typeof value === 'string') return value.slice(0, MAX_KEY);
      const data = plain(value) ?? null;
      const json = JSON.stringify(data);
      return json.length > MAX_KEY ? json.slice(0, MAX_KEY) : data;
    }),
  );
}

function countRow(key: string, count: number, names: readonly string[]): Row {
  const values = JSON.parse(key) as unknown[];
  return {
    cells: { count, ...Object.fromEntries(names.map((name, index) => [`by.${name}`, values[index]])) },
    json: () => JSON.stringify({ count, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) }),
  };
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
