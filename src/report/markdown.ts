/**
 * The report as Markdown that is pasted as it is: into an issue, a chat, an e-mail. It says how much there is and shows the
 * worst of it; the page and the JSON form have the rest.
 */

import { severityRank } from '../detect/finding.ts';
import { parseTime } from '../event/time.ts';
import { type Clock, createClock } from '../sinks/clock.ts';
import { forMarkdown } from '../sinks/escape.ts';
import { actorText, detailsText, objectText, SHORT_ID } from '../sinks/finding-text.ts';
import { bytesText, countText, numberText } from '../sinks/quantities.ts';
import { shortUser } from '../sinks/users.ts';
import { forTerminalWithin } from '../sinks/width.ts';
import { nameText } from './actor-name.ts';
import { firstOfEachKind, KIND_NAMES } from './blind-spots.ts';
import { inFairOrder } from './fair.ts';
import type {
  ActorActivity,
  Deletions,
  DeniedRequests,
  InputFile,
  Ranking,
  Report,
  ReportedFinding,
  ResourceActivity,
  Time,
} from './model.ts';

/**
 * Characters that the rows of a table, or the items of a list, may take: all of them together, with what stands around them,
 * stay below 60,000. GitHub refuses an issue of more than 65,536.
 */
const ROOM = { findings: 24_000, table: 3_500, list: 4_000 };
/** Rows that people still read. */
const ROWS = { findings: 50, table: 10, blindSpots: 10, files: 20, notes: 5 };

/** Groups of each detector that come before any others where there is not room for all. */
const SHARE = 5;

/** Columns of text in one cell; what is longer is in the other forms. */
const WIDTH = { title: 150, name: 50, action: 80, details: 100, sentence: 300, path: 120 };

/** A column of a table; its text is Markdown already. */
interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly markdown: (row: Row) => string;
}

export function renderMarkdown(report: Report): string {
  const clock = createClock(report.timezone);
  const sections = [
    `# ${inline(report.title, WIDTH.title)}, ${inline(windowText(report, clock), WIDTH.sentence)}`,
    headline(report),
    ...selection(report),
    blindSpots(report),
    ...(report.findings.length > 0 ? [findings(report, clock)] : []),
    // Where nobody asked for anything, nothing is to be said of what was not asked for.
    ...(report.totals.requests > 0 ? activity(report, clock) : []),
    origin(report, clock),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Any text as Markdown, on one line. At most twice as many characters as columns: marks and pipes need more room than they take. */
function inline(text: string, width: number): string {
  for (let columns = width; columns > 0; columns = Math.floor(columns / 2)) {
    // Cut before it is Markdown: a cut cannot tear a code span then.
    const markdown = forMarkdown(forTerminalWithin(text, columns));
    if (markdown.length <= width * 2) return markdown;
  }
  return '…';
}

function windowText({ window: { since, until, sinceLast, first, last }, timezone }: Report, clock: Clock): string {
  const at = (time: Time): string => `${clock.text(time ?? '').replace('Z', '')} ${timezone}`;
  const [from, to] = [parseTime(since), parseTime(until)];
  if (from !== undefined && to !== undefined)
    return `${sinceLast ? 'since the last report: ' : ''}${clock.span(from, to)}`;
  if (from !== undefined) return `since ${sinceLast ? 'the last report: ' : ''}${at(since)}`;
  if (to !== undefined) return `until ${at(until)}`;
  const [begin, end] = [parseTime(first), parseTime(last)];
  return begin === undefined || end === undefined ? 'all events' : `all events: ${clock.span(begin, end)}`;
}

function headline({ totals, toldBefore, timezone }: Report): string {
  const { bySeverity, newFindings, outcomes } = totals;
  const severities = bySeverity
    .filter((one) => one.findings > 0)
    .map((one) => `${numberText(one.findings)} ${one.severity}${one.new ? ` (${numberText(one.new)} new)` : ''}`);
  const found =
    totals.findings === 0
      ? 'No findings'
      : `${countText(totals.findings, 'finding')}${newFindings === null ? '' : `, ${numberText(newFindings)} new`}: ${severities.join(', ')}`;
  const denied = totals.requests > 0 ? `, ${numberText(outcomes.denied)} of them denied` : '';
  const told = toldBefore
    ? ` Left out: ${countText(toldBefore, 'finding')} from before the window that an earlier report told.`
    : '';
  // In UTC each time says so by itself.
  const zone = timezone === 'UTC' ? '' : ` Times are in ${inline(timezone, WIDTH.name)}.`;
  return `${found}; ${countText(totals.requests, 'request')}${denied}.${told}${zone}`;
}

function selection({ window }: Report): string[] {
  const all = window.selection.join(' ');
  return all === '' ? [] : [`This is not all: only what ${inline(all, WIDTH.sentence)} asks for.`];
}

function blindSpots({ blindSpots: spots }: Report): string {
  const heading = '## What these logs could not show';
  if (spots.length === 0) return `${heading}\n\nNothing is known to be missing.`;
  const chosen = firstOfEachKind(spots, ROWS.blindSpots);
  const shown = within(
    chosen,
    ROWS.blindSpots,
    ROOM.list,
    ({ kind, text }) => `- ${capital(KIND_NAMES[kind])}: ${inline(text, WIDTH.sentence)}`,
  );
  return `${heading}\n\n${[...shown, ...more(spots.length - shown.length, 'blind spot')].join('\n')}`;
}

function findings({ findings: all, otherFindings, totals }: Report, clock: Clock): string {
  // Of those equally bad the new ones first, so that known ones do not keep them out of the table.
  const sorted = [...all].sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) || Number((b.new ?? 0) > 0) - Number((a.new ?? 0) > 0),
  );
  const columns: Column<ReportedFinding>[] = [
    { title: 'severity', markdown: ({ severity }) => severity },
    { title: 'when', markdown: ({ first, last }) => timesText(first, last, clock) },
    { title: 'count', isNumber: true, markdown: ({ count }) => numberText(count) },
    ...(totals.newFindings === null
      ? []
      : [{ title: 'new', isNumber: true, markdown: (one: ReportedFinding) => numberText(one.new ?? 0) }]),
    { title: 'finding', markdown: ({ title }) => inline(title, WIDTH.name) },
    { title: 'who', markdown: ({ actor }) => inline(actorText(actor, shortUser), WIDTH.name) },
    { title: 'what', markdown: (one) => inline(actionText(one), WIDTH.action) },
    { title: 'outcome', markdown: ({ outcome }) => outcome },
    { title: 'details', markdown: ({ details }) => inline(detailsText(details), WIDTH.details) },
    { title: 'id', markdown: ({ id }) => inline(id.slice(0, SHORT_ID), SHORT_ID) },
  ];
  const chosen = new Set(inFairOrder(sorted, SHARE).slice(0, ROWS.findings));
  const shown = sorted.filter((one) => chosen.has(one));
  const { lines, rest } = table(columns, shown, ROWS.findings, ROOM.findings);
  const hidden = [...rest, ...sorted.filter((one) => !chosen.has(one))];
  const left = hidden.reduce((count, one) => count + one.findings, otherFindings);
  const note =
    left > 0
      ? `\n\nThe worst are shown; ${countText(left, 'finding')} more ${left === 1 ? 'is' : 'are'} not. `
      : '\n\n';
  return `## Findings\n\n${lines}${note}For every finding, one a line: \`auditscan detect\` on the same logs with \`-o jsonl\`. For the events behind one: \`auditscan show\` with its id.`;
}

function actionText({ verb, object, uri }: ReportedFinding): string {
  return `${verb} ${objectText(object) || uri}`.trim();
}

function activity({ denied, deletions, outsideBusinessHours, actors, resources }: Report, clock: Clock): string[] {
  return [
    ranking('Denied requests', denied, deniedColumns(clock), 'None.'),
    ranking('Deletions', deletions, deletionColumns(clock), 'None.'),
    ...(outsideBusinessHours
      ? [
          ranking(
            'Outside business hours',
            outsideBusinessHours.actors,
            actorColumns(clock),
            'Nobody asked for anything.',
            `${countText(outsideBusinessHours.requests, 'request')} of people outside ${inline(outsideBusinessHours.businessHours, WIDTH.sentence)}.`,
          ),
        ]
      : []),
    ranking('Top actors', actors, actorColumns(clock), 'None.'),
    ranking('Top resources', resources, resourceColumns(), 'None.'),
  ];
}

function deniedColumns(clock: Clock): Column<DeniedRequests>[] {
  return [
    { title: 'count', isNumber: true, markdown: ({ count }) => numberText(count) },
    { title: 'who', markdown: ({ actor }) => inline(nameText(actor), WIDTH.name) },
    { title: 'what', markdown: ({ verb, resource }) => inline(`${verb} ${resourceText(resource)}`, WIDTH.name) },
    { title: 'namespace', markdown: ({ namespace }) => inline(namespace, WIDTH.name) },
    { title: 'when', markdown: ({ first, last }) => timesText(first, last, clock) },
  ];
}

function deletionColumns(clock: Clock): Column<Deletions>[] {
  return [
    { title: 'count', isNumber: true, markdown: ({ count }) => numberText(count) },
    { title: 'whole collections', isNumber: true, markdown: ({ collections }) => numberText(collections) },
    { title: 'who', markdown: ({ actor }) => inline(nameText(actor), WIDTH.name) },
    { title: 'resource', markdown: ({ resource }) => inline(resourceText(resource), WIDTH.name) },
    { title: 'namespace', markdown: ({ namespace }) => inline(namespace, WIDTH.name) },
    { title: 'names', markdown: ({ names }) => inline(names.join(' '), WIDTH.name) },
    { title: 'when', markdown: ({ first, last }) => timesText(first, last, clock) },
  ];
}

function actorColumns(clock: Clock): Column<ActorActivity>[] {
  return [
    ...requestColumns,
    { title: 'who', markdown: ({ actor }) => inline(nameText(actor), WIDTH.name) },
    { title: 'when', markdown: ({ first, last }) => timesText(first, last, clock) },
  ];
}

function resourceColumns(): Column<ResourceActivity>[] {
  return [
    ...requestColumns,
    { title: 'resource', markdown: ({ resource }) => inline(resourceText(resource), WIDTH.name) },
  ];
}

const requestColumns: readonly Column<{ count: number; writes: number; denied: number }>[] = [
  { title: 'requests', isNumber: true, markdown: ({ count }) => numberText(count) },
  { title: 'changes', isNumber: true, markdown: ({ writes }) => numberText(writes) },
  { title: 'denied', isNumber: true, markdown: ({ denied }) => numberText(denied) },
];

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function resourceText(resource: string): string {
  return resource || '(no resource)';
}

/** The first rows of many, and what the others are. */
function ranking<Row extends { readonly count: number }>(
  title: string,
  { rows, others, isComplete }: Ranking<Row>,
  columns: readonly Column<Row>[],
  none: string,
  lead?: string,
): string {
  const parts = [`## ${title}`];
  if (rows.length === 0) return [...parts, none].join('\n\n');
  if (lead) parts.push(lead);
  const { lines, rest } = table(columns, rows, ROWS.table, ROOM.table);
  parts.push(lines);
  const left = rest.length + others.rows;
  const requests = rest.reduce((count, row) => count + row.count, others.count);
  const notes = [
    ...(left > 0 ? [`${countText(left, 'more row')} with ${countText(requests, 'request')}.`] : []),
    ...(isComplete ? [] : ['There were too many to count each: small counts may be too low.']),
  ];
  if (notes.length > 0) parts.push(notes.join(' '));
  return parts.join('\n\n');
}

function origin({ tool, generated, window, totals, inputs }: Report, clock: Clock): string {
  const { rejects, gaps } = inputs;
  const rejected = rejects.map(({ reason, count }) => `${numberText(count)} ${reason}`);
  const rejectedBytes = rejects.reduce((sum, { bytes }) => sum + bytes, 0);
  const span = timesText(window.first, window.last, clock);
  const files = within(inputs.files, ROWS.files, ROOM.list, fileLine);
  const notes = within(inputs.notes, ROWS.notes, ROOM.list, (note) => `- Note: ${inline(note, WIDTH.sentence)}`);
  const lines = [
    `- Made by auditscan ${inline(tool.version, WIDTH.name)} at ${clock.text(generated)} with ${countText(inputs.detectors, 'detector')}.`,
    `- Read: ${bytesText(inputs.bytes)} after decompression, ${countText(totals.events, 'event')} in the window${span && `, ${span}`}.`,
    rejects.length === 0
      ? '- Damage: none.'
      : `- Damage: ${bytesText(rejectedBytes)} that are no events (${rejected.join(', ')}).`,
    `- Gaps between rotated files: ${gaps.count === 0 ? 'none' : `${numberText(gaps.count)}, ${numberText(gaps.certain)} of them certain`}.`,
    ...(inputs.excepted > 0
      ? [`- Left out by exceptions of the configuration: ${countText(inputs.excepted, 'match', 'matches')}.`]
      : []),
    ...notes,
    ...more(inputs.notes.length - notes.length, 'note'),
    ...files,
    ...more(inputs.files.length - files.length + inputs.otherFiles, 'file'),
  ];
  return `## How this was made\n\n${lines.join('\n')}`;
}

function fileLine({ path, label, bytes, sha256 }: InputFile): string {
  const where = label === null ? '' : ` (${inline(label, WIDTH.name)})`;
  const sum = sha256 === null ? 'no checksum' : `SHA-256 ${inline(sha256, 64)}`;
  return `- File: ${inline(path, WIDTH.path)}${where}, ${bytesText(bytes)}, ${sum}`;
}

/** `2026-11-17 05:02:31Z to 05:10:00Z`; empty where nothing tells. */
function timesText(first: Time, last: Time, clock: Clock): string {
  const from = clock.text(first ?? '');
  const to = clock.text(last ?? '');
  if (from === to || to === '') return from;
  if (from === '') return to;
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

function more(count: number, noun: string): string[] {
  return count > 0 ? [`- And ${countText(count, `more ${noun}`)}.`] : [];
}

/** A table as GitHub reads it, and the rows that it has no room for. */
function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  most: number,
  room: number,
): { readonly lines: string; readonly rest: readonly Row[] } {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const head = [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
  ];
  const body = within(rows, most, room, (row) => line(columns.map(({ markdown }) => markdown(row))));
  return { lines: [...head, ...body].join('\n'), rest: rows.slice(body.length) };
}

/** Lines of the first items, as many as there is room for. */
function within<Item>(items: readonly Item[], most: number, room: number, write: (item: Item) => string): string[] {
  let used = 0;
  const lines: string[] = [];
  for (const item of items.slice(0, most)) {
    const line = write(item);
    used += line.length + 1;
    if (used > room) break;
    lines.push(line);
  }
  return lines;
}
