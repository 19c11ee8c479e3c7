import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACK } from '../detect/load.ts';
import { objectOf } from '../detect/make-finding.ts';
import { plain } from '../detect/plain.ts';
import { UsageError } from '../errors.ts';
import { actorText } from '../event/actor.ts';
import { createRequestFolder, type RequestFolder } from '../event/requests.ts';
import { timestamp } from '../event/time.ts';
import type { EventRecord } from '../event/types.ts';
import { compileAdHoc } from '../expression/ad-hoc.ts';
import { evaluateAll, evaluateCounted } from '../expression/evaluate-counted.ts';
import { readEvents, readRequests } from '../scan.ts';
import { objectText } from '../sinks/finding-text.ts';
import { countText } from '../sinks/quantities.ts';
import type { Column, Row } from '../sinks/types.ts';
import { type Arguments, text, texts } from './arguments.ts';
import { nearest } from './argv.ts';
import { type NamedExpression, parseColumnList } from './column-list.ts';
import type { Live } from './live.ts';
import { parseCount } from './numbers.ts';
import { createPlan, type Plan } from './plan.ts';
import { exitStatus, tellSummary } from './tell.ts';

const SAVED = join(PACK, 'saved');

/** Columns of whole events where none are asked for. */
const EVENT_COLUMNS: readonly Column[] = [
  { key: 'time', title: 'time', usual: 20 },
  { key: 'user', title: 'user', shrink: 1, usual: 28 },
  { key: 'verb', title: 'verb', usual: 6 },
  { key: 'object', title: 'object', shrink: 1, usual: 44 },
  { key: 'code', title: 'code', align: 'right', usual: 4 },
  { key: 'stage', title: 'stage', wide: true },
  { key: 'sourceIPs', title: 'source IPs', shrink: 2, usual: 15 },
  { key: 'userAgent', title: 'user agent', wide: true, shrink: 2 },
  { key: 'uri', title: 'uri', wide: true, shrink: 2 },
  { key: 'auditID', title: 'audit ID', wide: true },
];
const VALUE_COLUMNS: readonly Column[] = [{ key: 'value', title: 'value' }];

/** `auditscan query EXPR|@saved [paths..]`: events that an expression keeps, or what it makes of them. */
export async function query(args: Arguments): Promise<number> {
  const given = String(args.expression);
  const source = given.startsWith('@') ? await readSaved(given.slice(1)) : given;
  if (args.explain === true) return (await import('./explain.ts')).explain(source, args);
  const plan = await createPlan(args, texts(args.paths));
  const { summary, config, form } = plan;
  const expression = compileAdHoc(source, config.lists);
  const list = text(args.columns);
  const columns = list === undefined ? undefined : parseColumnList('columns', list, config.lists);
  if (columns && (form === 'json' || form === 'jsonl')) {
    summary.notes.push(
      `--columns shapes tables, csv and markdown; ${form} gives the whole event, or what the expression makes: '{"who": user.username}'`,
    );
  }
  const limit = text(args.limit) === undefined ? 0 : parseCount('limit', String(args.limit));
  const read = args.requests === true ? readRequests : readEvents;

  const output = createOutput(plan, columns);
  const folder = createRequestFolder();
  const live = plan.live ? await openLiveFor(args, plan, folder) : undefined;
  let rows = 0;
  try {
    reading: for await (const records of read({ ...plan.reading, lines: live?.lines, folder })) {
      for await (const evaluated of evaluateAll('the query', expression, records, summary)) {
        const batch: QueryRow[] = [];
        for (const { record, value } of evaluated)
          for (const row of await queryRows(record, value, columns, plan)) batch.push(row);
        const wanted = limit > 0 ? batch.slice(0, limit - rows) : batch;
        rows += wanted.length;
        await output.write(wanted);
        if (limit > 0 && rows >= limit) {
          summary.notes.push(`reading stopped at ${countText(limit, 'row')} (--limit)`);
          break reading;
        }
      }
      if (live) await output.flush();
    }
    // A heading without rows would stand in a file for each run that had nothing to say.
    if (!live || rows > 0 || form === 'json') await output.end();
    await live?.commit();
  } finally {
    await live?.close();
  }
  tellSummary(plan, rows === 0 ? 'no row' : countText(rows, 'row'), args.requests === true ? 'request' : 'event');
  return exitStatus(plan, 0);
}

async function openLiveFor(args: Arguments, plan: Plan, folder: RequestFolder): Promise<Live> {
  const { openLive } = await import('./live.ts');
  return openLive(args, plan, {
    command: 'query',
    parts: { requests: folder },
    onTick: async () => false,
    status: () => 0,
  });
}

interface QueryRow extends Row {
  readonly kind: 'event' | 'object' | 'value';
  /** What the expression gave. */
  readonly value: unknown;
}

/** What an expression's value means: see "query EXPR" in the README. */
async function queryRows(
  record: EventRecord,
  value: unknown,
  columns: readonly NamedExpression[] | undefined,
  plan: Plan,
): Promise<QueryRow[]> {
  if (value === undefined || value === false) return [];
  if (value === true) return [await eventRow(record, columns, plan)];
  if (Array.isArray(value)) return value.map(valueRow);
  return [valueRow(value)];
}

function valueRow(value: unknown): QueryRow {
  const json = (): string => jsonText(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { kind: 'object', value, cells: value as Record<string, unknown>, json };
  }
  return { kind: 'value', value, cells: { value }, json };
}

/** A function is no JSON. A value nested deeper than the stack is shown as deep as {@link plain} goes. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return JSON.stringify(plain(value));
  }
}

async function eventRow(
  record: EventRecord,
  columns: readonly NamedExpression[] | undefined,
  plan: Plan,
): Promise<QueryRow> {
  const { event, text: json } = record;
  if (columns) {
    const cells: [string, unknown][] = [];
    for (const { name, expression } of columns) {
      cells.push([name, await evaluateCounted(`column ${name}`, expression, record, plan.summary)]);
    }
    return { kind: 'event', value: true, cells: Object.fromEntries(cells), json: () => json };
  }
  return {
    kind: 'event',
    value: true,
    cells: {
      time: plan.clock.text(timestamp(event) ?? ''),
      user: actorText(event),
      verb: event.verb,
      object: objectText(objectOf(event)) || event.requestURI,
      code: event.responseStatus?.code,
      stage: event.stage,
      sourceIPs: event.sourceIPs?.join(' '),
      userAgent: event.userAgent,
      uri: event.requestURI,
      auditID: event.auditID,
    },
    json: () => json,
  };
}

interface QueryOutput {
  write(rows: readonly QueryRow[]): Promise<void>;
  flush(): Promise<void>;
  end(): Promise<void>;
}

/** The sink is opened when the first row tells what the columns are. */
function createOutput(plan: Plan, columns: readonly NamedExpression[] | undefined): QueryOutput {
  let sink: ReturnType<Plan['openSink']> | undefined;
  let first: QueryRow['kind'] | undefined;
  const columnsOf = (kind: QueryRow['kind'] | undefined): readonly Column[] | undefined => {
    if (kind === 'object') return undefined;
    if (kind === 'value') return VALUE_COLUMNS;
    return columns?.map(({ name }) => ({ key: name, title: name, shrink: 1 as const })) ?? EVENT_COLUMNS;
  };
  return {
    async write(rows) {
      if (rows.length === 0) return;
      first ??= rows[0]?.kind;
      sink ??= plan.openSink(columnsOf(first));
      // A row of another kind than the first stands whole in a column of its own.
      await (await sink).write(rows.map((row) => (row.kind === first ? row : { ...row, cells: { value: row.value } })));
    },
    async flush() {
      await (await sink)?.flush();
    },
    async end() {
      sink ??= plan.openSink(columnsOf(undefined));
      await (await sink).end();
    },
  };
}

/** @throws {UsageError} when there is no saved query of that name. */
async function readSaved(name: string): Promise<string> {
  const names = await savedQueries();
  if (!names.includes(name)) {
    const all = names.map((known) => `@${known}`).join(', ');
    const near = nearest(name, names);
    const hint = near ? `; did you mean @${near}?` : '';
    throw new UsageError(
      name === '' ? `name a saved query: ${all}` : `there is no saved query @${name}${hint} (there are ${all})`,
    );
  }
  return readFile(join(SAVED, `${name}.jsonata`), 'utf8');
}

/** Names of the queries that come with the program. */
async function savedQueries(): Promise<string[]> {
  const files = await readdir(SAVED);
  return files
    .filter((file) => file.endsWith('.jsonata'))
    .map((file) => file.slice(0, -'.jsonata'.length))
    .sort();
}
