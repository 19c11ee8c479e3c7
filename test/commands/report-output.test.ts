import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputs, chooseOutputs, type ReportOutput, writeReport } from '../../src/commands/report-output.ts';
import type { Terminal } from '../../src/commands/terminal.ts';
import { InputError, UsageError } from '../../src/errors.ts';
import { renderHtml } from '../../src/report/html/page.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import type { Source } from '../../src/sources/types.ts';
import { sampleReport } from '../report/sample-report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-output-'));
  mkdirSync(at('logs'));
  mkdirSync(at('reports'));
  for (const name of ['audit.log', 'audit.log.1']) writeFileSync(at('logs', name), 'log\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (...names: readonly string[]): string => join(folder, ...names);

describe('chooseOutputs', () => {
  it.each([
    ['page.html', 'html'],
    ['page.HTM', 'html'],
    ['a.b/report.md', 'markdown'],
    ['report.markdown', 'markdown'],
    ['../report.Json', 'json'],
  ])('takes the form of %s from its ending: %s', (path, form) => {
    expect(chooseOutputs({ out: [path] }, true)).toEqual([{ path, form }]);
  });

  it.each(['report', 'report.txt', 'html', '.html', 'report.html.gz', 'a.md/report', 'report.constructor', 'x.', ''])(
    'does not know the form of %j',
    (path) => {
      expect(() => chooseOutputs({ out: [path] }, false)).toThrow(
        new UsageError(`--out ${path}: its ending tells no form; give .html, .md or .json, or --output`),
      );
    },
  );

  it('takes --output where it is given, whatever the ending', () => {
    expect(chooseOutputs({ out: ['report.txt'], output: 'markdown' }, true)).toEqual([
      { path: 'report.txt', form: 'markdown' },
    ]);
    expect(chooseOutputs({ out: ['a.json'], output: 'html' }, true)).toEqual([{ path: 'a.json', form: 'html' }]);
  });

  it('writes several files, each in its form', () => {
    expect(chooseOutputs({ out: ['a.md', 'a.html', 'a.json'] }, true).map(({ form }) => form)).toEqual([
      ...['markdown', 'html', 'json'],
    ]);
  });

  it.each([
    [{ out: ['a.md', 'a.html'], output: 'json' }, '--output is of one --out; the endings of several tell their forms'],
    [{ out: ['a.md', 'b.md', 'a.md'] }, '--out names the same file twice'],
  ])('refuses %j', (args, message) => {
    expect(() => chooseOutputs(args, false)).toThrow(new UsageError(message));
  });

  it('writes to standard output without a file, a page where nothing else is said', () => {
    expect(chooseOutputs({}, false)).toEqual([{ path: undefined, form: 'html' }]);
    for (const form of ['html', 'markdown', 'json'])
      expect(chooseOutputs({ output: form }, false)).toEqual([{ path: undefined, form }]);
  });

  it('writes no page to a terminal', () => {
    for (const args of [{}, { output: 'html' }])
      expect(() => chooseOutputs(args, true)).toThrow(/a page is nothing for a terminal: name a file with --out/);
    for (const form of ['markdown', 'json'])
      expect(chooseOutputs({ output: form }, true)).toEqual([{ path: undefined, form }]);
  });
});

describe('checkOutputs', () => {
  const sources = (): Source[] =>
    ['audit.log', 'audit.log.1'].map((name) => ({ path: at('logs', name), log: at('logs/audit.log'), size: 4 }));
  const outputs = (...paths: readonly string[]): ReportOutput[] => paths.map((path) => ({ path, form: 'json' }));

  async function errorOf(
    paths: readonly string[],
    known?: string,
    logs: readonly Source[] = sources(),
  ): Promise<string> {
    const error: unknown = await checkOutputs(outputs(...paths), known, logs, []).catch((caught: unknown) => caught);
    expect(error === undefined || error instanceof UsageError || error instanceof InputError).toBe(true);
    return error instanceof Error ? error.message : 'none';
  }

  it('takes files that can be written, there or not, beside each other and beside the logs', async () => {
    writeFileSync(at('reports/old.html'), 'old');
    const paths = [at('reports/old.html'), at('reports/new.json'), at('logs/report.html'), at('logs/summary.md')];
    expect(await errorOf(paths, at('reports/known'))).toBe('none');
    expect(await errorOf([], at('logs/known'))).toBe('none');
    expect(readFileSync(at('reports/old.html'), 'utf8')).toBe('old');
    expect(readdirSync(at('reports'))).toEqual(['old.html']);
  });

  it('takes standard output and standard input', async () => {
    const input: Source = { path: '-', log: '-', size: undefined };
    await checkOutputs([{ path: undefined, form: 'html' }], undefined, [input], []);
    expect(await errorOf([at('reports/audit.json')], undefined, [input])).toBe('none');
  });

  it('refuses a file whose directory is not there, before anything is read', async () => {
    expect(await errorOf([at('none/report.html')])).toBe(
      `the report in ${at('none/report.html')} cannot be written: there is no directory ${at('none')}; make it first`,
    );
  });

  it('refuses what is no file', async () => {
    expect(await errorOf([at('reports')])).toContain('it is a directory');
  });

  it.each(['audit.log', 'audit.log.1'])('never writes over a log: %s', async (name) => {
    const path = at('logs', name);
    symlinkSync(path, at('link.json'));
    symlinkSync(at('logs'), at('linked'));
    for (const other of [
      path,
      at('link.json'),
      at('linked', name),
      relative(process.cwd(), path),
      at('reports/../logs', name),
    ]) {
      expect(await errorOf([other])).toBe(`--out ${other} is one of the logs, and is not written over`);
      expect(await errorOf([], other)).toBe(`--known ${other} is one of the logs, and is not written over`);
    }
  });

  it('refuses a name by which the file would be read as a log the next time', async () => {
    const told = (option: string, path: string): string =>
      `${option} ${path} lies among the logs, and would be taken for one by its name; name another`;
    for (const name of ['audit-report.json', 'audit.log.2', 'report.jsonl', 'known.log']) {
      const path = at('logs', name);
      expect(await errorOf([path])).toBe(told('--out', path));
      expect(await errorOf([], path)).toBe(told('--known', path));
      expect(await errorOf([at('reports', name)])).toBe('none');
    }
  });

  it('knows the folder of the logs by every name, also for a file that is not there yet', async () => {
    symlinkSync(at('logs'), at('linked'));
    for (const path of [at('linked/audit-1.json'), relative(process.cwd(), at('logs/audit-1.json'))])
      expect(await errorOf([path])).toContain('would be taken for one by its name');
  });

  it('refuses the file of --known as a report, by whatever name', async () => {
    const known = at('reports/known.json');
    symlinkSync(known, at('link.json'));
    for (const path of [known, at('link.json'), relative(process.cwd(), known)])
      expect(await errorOf([path], known)).toBe(`--out ${path} is the file of --known; name another`);
    writeFileSync(known, '');
    expect(await errorOf([at('link.json')], known)).toContain('is the file of --known');
  });

  // The second would take the place of the first, and nobody would hear of it.
  it('refuses one file under two names', async () => {
    symlinkSync(at('reports/a.json'), at('link.md'));
    expect(await errorOf([at('reports/a.json'), at('link.md')])).not.toBe('none');
    expect(await errorOf([at('reports/b.json'), `${at('reports')}/./b.json`])).not.toBe('none');
  });

  it('leaves a log that has gone meanwhile to who reads it', async () => {
    expect(await errorOf([at('reports/a.json')], undefined, [{ path: at('gone/audit.log'), size: 1 }])).toBe('none');
  });
});

describe('writeReport', () => {
  const report = sampleReport();

  function terminalOf(): { readonly terminal: Terminal; readonly written: string[] } {
    const written: string[] = [];
    const terminal: Terminal = {
      ...{ width: undefined, colour: false, draws: false, tell: () => {}, tellError: () => {}, draw: () => {} },
      write: async (text) => {
        written.push(String(text));
      },
    };
    return { terminal, written };
  }

  it.each([
    ['markdown', renderMarkdown(report)],
    ['json', renderJson(report)],
  ] as const)('writes %s to standard output, and nothing else', async (form, text) => {
    const { terminal, written } = terminalOf();
    await writeReport(report, [{ path: undefined, form }], terminal);
    expect(written).toEqual([text]);
    expect(readdirSync(at('reports'))).toEqual([]);
  });

  it('writes each form to its file, for its owner alone, and nothing to standard output', async () => {
    const { terminal, written } = terminalOf();
    const outputs: ReportOutput[] = [
      { path: at('reports/a.json'), form: 'json' },
      { path: at('reports/a.md'), form: 'markdown' },
      { path: at('reports/a.html'), form: 'html' },
    ];
    writeFileSync(at('reports/a.json'), 'an older one, which was longer'.repeat(100_000));
    await writeReport(report, outputs, terminal);
    expect(readFileSync(at('reports/a.json'), 'utf8')).toBe(renderJson(report));
    expect(readFileSync(at('reports/a.md'), 'utf8')).toBe(renderMarkdown(report));
    expect(readFileSync(at('reports/a.html'), 'utf8')).toBe(await renderHtml(report));
    expect(readdirSync(at('reports')).sort()).toEqual(['a.html', 'a.json', 'a.md']);
    expect(written).toEqual([]);
  });

  it('stops at a file that cannot be written, and says which', async () => {
    const outputs: ReportOutput[] = [
      { path: at('none/a.json'), form: 'json' },
      { path: at('reports/a.md'), form: 'markdown' },
    ];
    await expect(writeReport(report, outputs, terminalOf().terminal)).rejects.toThrow(
      new InputError(`the report in ${at('none/a.json')} cannot be written: no such file or directory`),
    );
    expect(existsSync(at('reports/a.md'))).toBe(false);
  });

  it('gives on what standard output says', async () => {
    const gone = new Error('EPIPE');
    const terminal: Terminal = { ...terminalOf().terminal, write: () => Promise.reject(gone) };
    await expect(writeReport(report, [{ path: undefined, form: 'json' }], terminal)).rejects.toBe(gone);
  });
});
