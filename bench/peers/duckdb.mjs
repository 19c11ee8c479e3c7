/**
 * DuckDB as a peer: one question to an audit log, with no column that the question does not need. A process of its own, so that
 * its start is counted as everybody's is. Plain JavaScript, so that nothing translates it at the start.
 *
 *   node bench/peers/duckdb.mjs count LOG         secrets read: {"count":N}
 *   node bench/peers/duckdb.mjs top LOG           the twenty largest groups of verb, resource and user, one object a line
 *   node bench/peers/duckdb.mjs groups LOG        every group
 *   node bench/peers/duckdb.mjs start             nothing but its start
 *   node bench/peers/duckdb.mjs version
 */
import { DuckDBInstance, version } from '@duckdb/node-api';

const THREADS = '2';
/** Bytes. Above the longest record that make-log writes; measured: 2 to 16 MiB make no difference, 32 is slower. */
const MAX_RECORD = 8 * 1024 * 1024;

const VERB = 'verb VARCHAR';
const OBJECT = 'objectRef STRUCT(resource VARCHAR)';
const USER = '"user" STRUCT(username VARCHAR)';

function log(path, ...columns) {
  const typed = columns.map((column) => {
    const [name, ...type] = column.split(' ');
    return `${name}: '${type.join(' ')}'`;
  });
  return `read_json('${path.replaceAll("'", "''")}', format = 'newline_delimited',
    maximum_object_size = ${MAX_RECORD}, columns = {${typed.join(', ')}})`;
}

function groups(path, limit) {
  return `SELECT count(*)::INTEGER AS count, verb, objectRef.resource AS resource, "user".username AS "user"
    FROM ${log(path, VERB, OBJECT, USER)} GROUP BY ALL ORDER BY count DESC, verb, resource, "user" ${limit}`;
}

const QUESTIONS = {
  count: (path) => `SELECT count(*)::INTEGER AS count FROM ${log(path, VERB, OBJECT)}
    WHERE objectRef.resource = 'secrets' AND verb IN ('get', 'list', 'watch')`,
  top: (path) => groups(path, 'LIMIT 20'),
  groups: (path) => groups(path, ''),
  start: () => 'SELECT 1 AS one',
};

const [name, path = ''] = process.argv.slice(2);
if (name === 'version') {
  process.stdout.write(`${version()}\n`);
} else {
  const question = QUESTIONS[name];
  if (question === undefined) throw new Error('usage: duckdb.mjs count|top|groups LOG, or start');
  const instance = await DuckDBInstance.create(':memory:', { threads: THREADS });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(question(path));
  process.stdout.write(
    reader
      .getRowObjectsJson()
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
}
