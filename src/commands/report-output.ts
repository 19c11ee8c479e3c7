import { realpath, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { UsageError } from '../errors.ts';
import { checkReplaceable, fileBehind, replaceFile } from '../files/replace.ts';
import type { Report } from '../report/model.ts';
import { looksLikeLog } from '../sources/generations.ts';
import { placeOf } from '../sources/labels.ts';
import type { Source } from '../sources/types.ts';
import { type Arguments, text, texts } from './arguments.ts';
import type { REPORT_FORMS } from './option-table.ts';
import type { Terminal } from './terminal.ts';

export type ReportForm = (typeof REPORT_FORMS)[number];

const ENDINGS: Readonly<Record<string, ReportForm>> = {
  '.html': 'html',
  '.htm': 'html',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.json': 'json',
};

/** Where a report goes. */
export interface ReportOutput {
  readonly form: ReportForm;
  /** Undefined for standard output. */
  readonly path: string | undefined;
}

/** @throws {UsageError} where the options contradict each other. */
export function chooseOutputs(args: Arguments, isTerminal: boolean): ReportOutput[] {
  const form = text(args.output) as ReportForm | undefined;
  const paths = texts(args.out);
  if (paths.length > 1 && form !== undefined)
    throw new UsageError('--output is of one --out; the endings of several tell their forms');
  if (paths.includes('-')) throw new UsageError('--out -: without --out, standard output is written to');
  if (new Set(paths).size < paths.length) throw new UsageError('--out names the same file twice');
  if (paths.length > 0) return paths.map((path) => ({ path, form: form ?? formOf(path) }));
  if (isTerminal && (form ?? 'html') === 'html')
    throw new UsageError('a page is nothing for a terminal: name a file with --out, or read it here with -o markdown');
  return [{ path: undefined, form: form ?? 'html' }];
}

function formOf(path: string): ReportForm {
  const ending = extname(path).toLowerCase();
  const form = Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
  if (form === undefined)
    throw new UsageError(`--out ${path}: its ending tells no form; give .html, .md or .json, or --output`);
  return form;
}

/**
 * Before hours of reading: whether every file can be written, is none of those that are read, and is not taken for a log the
 * next time.
 * @param known the file of `--known`.
 * @param paths as they were named: what lies below a directory is read whenever it is named again.
 * @throws {KnownError}
 */
export async function checkOutputs(
  outputs: readonly ReportOutput[],
  known: string | undefined,
  sources: readonly Source[],
  paths: readonly string[],
): Promise<void> {
  const logs = await Promise.all(sources.filter(({ path }) => path !== '-').map(({ path }) => realPlace(path)));
  const folders = [...logs.map((path) => dirname(path)), ...(await realDirectories(paths))];
  /** What stands in the way of a file. */
  const taken = new Map(logs.map((log) => [log, 'is one of the logs, and is not written over']));
  const check = async (option: string, path: string, noun: string, obstacle: string): Promise<void> => {
    await checkReplaceable(path, noun);
    const file = await realPlace(path);
    const found = taken.get(file);
    if (found !== undefined) throw new UsageError(`${option} ${path} ${found}`);
    if (looksLikeLog(file) && folders.some((folder) => file.startsWith(`${folder}/`)))
      throw new UsageError(
        `${option} ${path} lies among the logs, and would be taken for one by its name; name another`,
      );
    taken.set(file, obstacle);
  };
  if (known !== undefined)
    await check('--known', known, 'list of known findings', 'is the file of --known; name another');
  for (const { path } of outputs)
    if (path !== undefined) await check('--out', path, 'report', 'is the same file as another --out');
}

async function realDirectories(paths: readonly string[]): Promise<string[]> {
  const directories: string[] = [];
  for (const path of paths) {
    const isDirectory = await stat(path)
      .then((found) => found.isDirectory())
      .catch(() => false);
    if (isDirectory) directories.push(await realpath(path));
  }
  return directories;
}

/** The same for every name of a file, be it there or not. */
async function realPlace(path: string): Promise<string> {
  return placeOf(await fileBehind(path));
}

/**
 * Writes each form, one after the other; each file is there whole, or as it was.
 * @throws {InputError} when a file cannot be written.
 */
export async function writeReport(report: Report, outputs: readonly ReportOutput[], terminal: Terminal): Promise<void> {
  for (const { form, path } of outputs) {
    const document = await render(report, form);
    if (path === undefined) await terminal.write(document);
    else await replaceFile(path, [document], { noun: 'report', isLocked: false });
  }
}

/** What draws a page is loaded only for one. */
async function render(report: Report, form: ReportForm): Promise<string> {
  switch (form) {
    case 'html':
      return (await import('../report/html/page.ts')).renderHtml(report);
    case 'markdown':
      return (await import('../report/markdown.ts')).renderMarkdown(report);
    case 'json':
      return (await import('../report/json.ts')).renderJson(report);
  }
}
