/** The tables of the sample's README, so that they cannot say anything else than expected.json does. */
import type { Expected, ExpectedFinding, ExpectedObject } from './expected.ts';

function describe(object: ExpectedObject | undefined): string {
  if (object === undefined) return '';
  const resource = object.subresource === undefined ? object.resource : `${object.resource}/${object.subresource}`;
  const place = [object.namespace, object.name].filter((part) => part !== undefined).join('/');
  return place === '' ? resource : `${resource} ${place}`;
}

/** Columns padded to one width each, as the formatter of this repository wants them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_title, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), 3));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [line(head, ' '), line([], '-'), ...rows.map((row) => line(row, ' '))].join('\n');
}

function code(text: string): string {
  return text === '' ? '(nobody)' : `\`${text}\``;
}

function findings(list: readonly ExpectedFinding[]): string {
  return table(
    ['first', 'detector', 'actor', 'object', 'requests'],
    list.map(({ first, detector, actor, object, requests }) => [
      first.slice(11, 19),
      code(detector),
      code(actor),
      describe(object),
      String(requests),
    ]),
  );
}

function silences(expected: Expected): string {
  return table(
    ['detector', 'actor', 'object', 'why'],
    expected.mustStaySilent.map(({ detector, actor, object, why }) => [
      code(detector),
      code(actor),
      describe(object),
      why,
    ]),
  );
}

function totals({ totals: { events, requests, stages }, files }: Expected): string {
  const byStage = Object.entries(stages).map(([stage, count]) => `${count} ${stage}`);
  const sizes = table(
    ['file', 'lines'],
    files.map(({ name, lines }) => [code(name), String(lines)]),
  );
  return `${events} events of ${requests} requests, one a line: ${byStage.join(', ')}.\n\n${sizes}`;
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
export function fillTables(readme: string, expected: Expected): string {
  const tables: Readonly<Record<string, string>> = {
    totals: totals(expected),
    'must-find': findings(expected.mustFind),
    'may-find': findings(expected.mayFind),
    silent: silences(expected),
  };
  let text = readme;
  for (const [name, filled] of Object.entries(tables)) {
    const [before, rest] = text.split(`<!-- ${name} -->`);
    const after = rest?.split(`<!-- /${name} -->`)[1];
    if (before === undefined || after === undefined) throw new RangeError(`README.md has no place for ${name}`);
    text = `${before}<!-- ${name} -->\n${filled}\n<!-- /${name} -->${after}`;
  }
  return text;
}
