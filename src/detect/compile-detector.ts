import { DetectorError } from '../errors.ts';
import type { CompiledExpression, CompileOptions } from '../expression/compile.ts';
import { ExpressionError } from '../expression/error.ts';
import type { Detector, DetectorFile, DetectorOptions } from './detector.ts';
import type { Document } from './document.ts';
import { parseDuration } from './duration.ts';
import { DEFAULT_LISTS } from './lists.ts';

/** How its expressions are compiled: with jsonata, or out of trees that jsonata made before. */
export type Compile = (text: string, options: CompileOptions) => CompiledExpression;

/**
 * Compiles the data of a detector file.
 * @throws {DetectorError} naming file, line and what is wrong.
 */
export function compileDetector(
  document: Document<DetectorFile>,
  options: DetectorOptions,
  compileExpression: Compile,
): Detector {
  const file = document.value;
  const { interpreted = false } = options;
  const compile = (text: string, ...keys: readonly (string | number)[]): CompiledExpression => {
    try {
      return compileExpression(text, { lists: options.lists ?? DEFAULT_LISTS, detector: true, interpreted });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new DetectorError(`${document.path}:${document.line(keys)}: ${keys.join('.')}: ${error.message}`);
    }
  };
  const { window } = file;
  const { severities } = options;
  return {
    id: file.id,
    title: file.title,
    severity: (severities && Object.hasOwn(severities, file.id) ? severities[file.id] : undefined) ?? file.severity,
    attack: file.attack,
    match: compile(file.match, 'match'),
    columns: new Map(Object.entries(file.columns ?? {}).map(([name, text]) => [name, compile(text, 'columns', name)])),
    window: window && {
      by: window.by.map((text, index) => compile(text, 'window', 'by', index)),
      within: parseDuration(window.within) ?? 0,
      count: window.count,
      distinct: window.distinct === undefined ? undefined : compile(window.distinct, 'window', 'distinct'),
    },
    aboutLog: file.aboutLog ?? false,
    file,
    path: document.path,
    lineOf: document.line,
  };
}
