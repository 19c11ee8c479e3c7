import { UsageError } from '../errors.ts';
import { type CompiledExpression, compileExpression } from '../expression/compile.ts';
import { caret } from '../expression/error.ts';
import { pathText } from '../expression/plan/field-path.ts';
import type { Needles } from '../expression/plan/needles.ts';
import type { ExpressionPlan } from '../expression/plan/plan.ts';
import { bodiesOf } from '../expression/plan/reach.ts';
import { forJson, forTerminal } from '../sinks/escape.ts';
import { displayWidth } from '../sinks/width.ts';
import { type Arguments, flag, text } from './arguments.ts';
import { readConfig } from './config.ts';
import { createTerminal, printable } from './terminal.ts';

/** Where standard output is no terminal. */
const USUAL_WIDTH = 100;
const MIN_WIDTH = 40;

/** `auditscan query --explain`: the plan of an expression; reads no log. */
export async function explain(source: string, args: Arguments): Promise<number> {
  const form = text(args.output) ?? 'table';
  if (form === 'csv' || form === 'markdown') throw new UsageError(`--explain gives text or JSON, not ${form}`);
  const { lists } = await readConfig(text(args.config));
  const expression = compileExpression(source, { lists });
  const terminal = createTerminal(flag(args.color));
  const lines = ['Expression', ...indented(source), '', ...planLines(expression, { width: terminal.width })];
  const isJson = form === 'json' || form === 'jsonl';
  await terminal.write(`${isJson ? forJson(JSON.stringify(planJson(expression))) : lines.join('\n')}\n`);
  return 0;
}

/** The lines of the expression, harmless and set in. */
function indented(source: string): string[] {
  return printable(source.trimEnd())
    .split('\n')
    .map((line) => `  ${line}`);
}

export interface ExplainOptions {
  /** Columns of the terminal; undefined where there is none. */
  readonly width: number | undefined;
  /** Of a detector that asks what stands in the log. */
  readonly aboutLog?: boolean;
}

/** The plan of an expression for reading: the heading, a line or more for each thing that is known, then its traps. */
export function planLines(expression: CompiledExpression, options: ExplainOptions): string[] {
  const width = Math.max(MIN_WIDTH, options.width ?? USUAL_WIDTH);
  const { plan, refusal, traps } = expression;
  const lines = ['Plan'];
  const tell = (label: string, value: string): void => {
    lines.push(...labelled(label, value, width));
  };
  if (refusal) {
    tell('runs', `in the interpreter, many times slower: ${refusal.reason}`);
    lines.push(...placed(expression, refusal.position, width));
    tell('level', 'not known of an interpreted expression, and neither are its fields, head and needles');
  } else {
    tell('runs', 'compiled');
  }
  if (plan) {
    tell('level', levelText(plan, options.aboutLog ?? false));
    tell('reads', plan.fields.map(pathText).join(', ') || 'nothing of the event');
    tell('head', headText(plan));
    tell('needles', plan.needles ? `${needlesText(plan.needles)}; a plain line without them is no match` : 'none');
    if (plan.headFields.length === 0 && !plan.needles) {
      tell('', 'nothing in this expression can be decided before the event is parsed');
    }
  }
  if (traps.length > 0) lines.push('', 'Traps');
  for (const { position, message, advice } of traps) {
    lines.push(...wrapped(message, width - 2).map((line) => `  ${line}`));
    lines.push(...placed(expression, position, width));
    lines.push(...labelled('write', advice, width));
  }
  return lines;
}

/** The plan as data: its keys are told in docs/expressions.md. */
export function planJson(expression: CompiledExpression): Record<string, unknown> {
  const { plan, refusal, traps } = expression;
  return {
    expression: expression.text,
    compiled: refusal === undefined,
    refusal: refusal ? { reason: refusal.reason, ...place(expression, refusal.position) } : null,
    level: plan?.level ?? null,
    bodies: plan ? bodiesOf(plan.fields) : null,
    fields: plan?.fields.map(pathText) ?? null,
    headFields: plan?.headFields.map(pathText) ?? null,
    needles: plan?.needles ? needlesJson(plan.needles) : null,
    traps: traps.map(({ kind, position, message, advice }) => ({
      kind,
      message,
      advice,
      ...place(expression, position),
    })),
  };
}

/** The line of the expression with a caret below the place. */
export function placed({ text: source }: CompiledExpression, position: number, width = USUAL_WIDTH): string[] {
  return printable(caret(source, position, width - 6))
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`);
}

function levelText(plan: ExpressionPlan, aboutLog: boolean): string {
  const bodies = bodiesOf(plan.fields);
  if (bodies.length === 0) return `${plan.level}: it reads no body`;
  const what = `${plan.level}: it reads ${bodies.join(' and ')}`;
  return aboutLog
    ? `${what}; it asks what stands in the log: a body that was not logged is no blind spot`
    : `${what}; an event without, that the rest does not decide, is a blind spot`;
}

/** What of it stands at the beginning of an event. Whether that ever decides, its terms and their order say. */
function headText({ fields, headFields }: ExpressionPlan): string {
  if (headFields.length === 0) return 'no field of it; the head of an event decides nothing';
  const names = headFields.map(pathText);
  const isAll = fields.every((field) => names.includes(pathText(field)));
  return `${names.join(', ')}: ${isAll ? 'nothing else is asked' : 'where they decide, the rest is not asked'}`;
}

/** Alternatives that are shown; a list of the configuration may have hundreds. */
const MAX_SHOWN = 8;

function needlesText(needles: Needles, isInner = false): string {
  // A needle that JSON quotes is quoted already; any other may stand anywhere in a text.
  if (needles.kind === 'literal') return needles.text.startsWith('"') ? needles.text : `'${needles.text}'`;
  const parts = needles.of.map((part) => needlesText(part, true));
  const left = parts.length - MAX_SHOWN;
  const shown = left > 1 && needles.kind === 'any' ? [...parts.slice(0, MAX_SHOWN), `${left} more`] : parts;
  const joined = shown.join(needles.kind === 'all' ? ' and ' : ' or ');
  return isInner ? `(${joined})` : joined;
}

function needlesJson(needles: Needles): unknown {
  return needles.kind === 'literal' ? needles.text : { [needles.kind]: needles.of.map(needlesJson) };
}

/** Line and column, from 1. */
function place({ text: source }: CompiledExpression, position: number): { line: number; column: number } {
  const before = source.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

const LABEL = 10;

function labelled(label: string, value: string, width: number): string[] {
  const indent = ' '.repeat(LABEL);
  return wrapped(value, width - LABEL).map((line, index) => (index === 0 ? `  ${label}`.padEnd(LABEL) : indent) + line);
}

/** Lines of whole words, harmless. */
function wrapped(value: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of forTerminal(value).split(' ')) {
    if (line !== '' && displayWidth(`${line} ${word}`) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
