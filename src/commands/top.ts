import { plain } from '../detect/plain.ts';
import { UsageError } from '../errors.ts';
import { UNIQUE_FIELDS, unionOf } from '../event/head.ts';
import { evaluateCounted, runCounted } from '../expression/evaluate-counted.ts';
import { EvaluationError } from '../expression/failure.ts';
import { HEAD_FIELDS, headFieldsOf, readableOf } from '../expression/plan/head.ts';
import { type CountOptions, readUncounted } from '../scan.ts';
import { countText } from '../sinks/quantities.ts';
import type { Column, Row } from '../sinks/types.ts';
import { type Arguments, text, texts } from './arguments.ts';
import { type NamedExpression, parseColumnList } from './column-list.ts';
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
  const tally = createTally();

  const uncounted = readUncounted({ ...plan.reading, ...plan.heads, unit, ...headCounter(fields, tally) });
  for await (const records of uncounted) {
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
      tally.add(tally.groupOf(keyOf(values)), 1);
    }
  }
  const { counts, other, total } = tally.result();

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

interface Tally {
  /** The number of a group, by its key. */
  groupOf(key: string): number;
  add(group: number, count: number): void;
  /** Counts by key; those of all groups for which there was no room, and of everything. */
  result(): { readonly counts: ReadonlyMap<string, number>; readonly other: number; readonly total: number };
}

/** Of groups that come later there is no room for. */
const OTHER = -1;

function createTally(): Tally {
  const groups = new Map<string, number>();
  const counts: number[] = [];
  let other = 0;
  let total = 0;
  return {
    groupOf(key) {
      let group = groups.get(key);
      if (group === undefined) {
        if (groups.size === MAX_GROUPS) return OTHER;
        group = counts.push(0) - 1;
        groups.set(key, group);
      }
      return group;
    },
    add(group, count) {
      total += count;
      if (group === OTHER) other += count;
      else counts[group] = (counts[group] ?? 0) + count;
    },
    result: () => ({
      // A kind of events may have been learnt of which none was selected.
      counts: new Map([...groups].map(([key, group]) => [key, counts[group] ?? 0] as const).filter(([, n]) => n > 0)),
      other,
      total,
    }),
  };
}

/** Counts by heads, where the expressions ask for nothing else, and there is something to be gained by it; else by none. */
function headCounter(fields: readonly NamedExpression[], tally: Tally): Pick<CountOptions, 'reads' | 'counter'> {
  const predicates = fields.map(({ expression }) => expression.predicate);
  const readable = fields.map(({ expression: { plan } }) => (plan ? readableOf(plan, HEAD_FIELDS) : 'none'));
  const reads = fields.flatMap(({ expression: { plan } }) => headFieldsOf(plan?.fields ?? []));
  const isByHeads = !readable.includes('none') && !(unionOf(reads) & UNIQUE_FIELDS);
  const needsCode = readable.includes('with-code');
  return {
    reads: isByHeads ? reads : undefined,
    counter: {
      groupOf(head) {
        if (needsCode && (head.responseStatus?.code ?? 0) < 100) return undefined;
        try {
          return tally.groupOf(keyOf(predicates.map((predicate) => predicate?.(head) ?? null)));
        } catch (error) {
          // It is counted for each event that it fails on.
          if (error instanceof EvaluationError) return undefined;
          throw error;
        }
      },
      add: tally.add,
    },
  };
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
