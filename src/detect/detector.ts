import * as v from 'valibot';
import { type CompiledExpression, compileExpression, type Lists } from '../expression/compile.ts';
import { compileDetector } from './compile-detector.ts';
import { type Document, parseChecked, readDocument } from './document.ts';
import { parseDuration } from './duration.ts';
import { SEVERITIES, type Severity } from './finding.ts';

export { parseDuration };

const duration = v.pipe(
  v.string(),
  v.check((text) => (parseDuration(text) ?? 0) > 0, 'must be a time such as 90s, 5m, 24h or 7d'),
);
const expression = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const event = v.record(v.string(), v.unknown());

const testSchema = v.pipe(
  v.strictObject({
    name: v.pipe(v.string(), v.nonEmpty('must not be empty')),
    event: v.optional(event),
    events: v.optional(v.pipe(v.array(event), v.nonEmpty('must not be empty'))),
    match: v.boolean(),
    columns: v.optional(v.record(v.string(), v.unknown())),
  }),
  v.check((test) => (test.event === undefined) !== (test.events === undefined), 'needs either event or events'),
);

const detectorSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by -')),
  title: v.pipe(v.string(), v.nonEmpty('must not be empty')),
  severity: v.picklist(SEVERITIES, `must be one of ${SEVERITIES.join(', ')}`),
  attack: v.array(
    v.pipe(v.string(), v.regex(/^T\d{4}(\.\d{3})?$/, 'must be an ATT&CK technique such as T1098 or T1098.006')),
  ),
  description: v.pipe(v.string(), v.nonEmpty('must not be empty')),
  falsePositives: v.optional(v.string()),
  next: v.optional(v.string()),
  match: expression,
  aboutLog: v.optional(v.boolean()),
  columns: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^[a-zA-Z]\w*$/, 'a column is named by a letter and letters or digits')),
      expression,
    ),
  ),
  window: v.optional(
    v.strictObject({
      by: v.array(expression),
      within: duration,
      count: v.pipe(
        v.number(),
        v.integer('must be a whole number'),
        v.minValue(2, 'must be at least 2'),
        v.maxValue(1_000, 'must be at most 1000'),
      ),
      distinct: v.optional(expression),
    }),
  ),
  tests: v.optional(v.array(testSchema)),
});

export type DetectorFile = v.InferOutput<typeof detectorSchema>;
export type DetectorTest = v.InferOutput<typeof testSchema>;

/** A window: so many matches of one group within a time make one finding. */
export interface WindowDefinition {
  readonly by: readonly CompiledExpression[];
  /** Microseconds. */
  readonly within: number;
  readonly count: number;
  /** Counts different values of this expression instead of events. */
  readonly distinct: CompiledExpression | undefined;
}

/** A detector file, compiled. Immutable. */
export interface Detector {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly attack: readonly string[];
  readonly match: CompiledExpression;
  readonly columns: ReadonlyMap<string, CompiledExpression>;
  readonly window: WindowDefinition | undefined;
  /** It asks what stands in the log, not what was done: that a body was not logged is no blind spot of it. */
  readonly aboutLog: boolean;
  readonly file: DetectorFile;
  readonly path: string;
  /** Line of the file, from 1, where a key stands: `['columns', 'role']`. */
  lineOf(keys: readonly (string | number)[]): number;
}

export interface DetectorOptions {
  /** The lists of the configuration; those of lists.ts when there is none. */
  readonly lists?: Lists;
  /** Severities of the configuration, by detector id. */
  readonly severities?: Readonly<Record<string, Severity>>;
  /** Leave every expression to the interpreter. */
  readonly interpreted?: boolean;
}

/**
 * Reads and compiles one detector file.
 * @throws {DetectorError} naming file, line and what is wrong.
 */
export async function readDetector(path: string, options: DetectorOptions = {}): Promise<Detector> {
  return compileDetector(await readDocument(path, detectorSchema), options, compileExpression);
}

/** A detector file's data, checked. */
export function parseDetectorFile(path: string, text: string): Document<DetectorFile> {
  return parseChecked(path, text, detectorSchema);
}

/** As {@link readDetector}, from the file's text. */
export function parseDetector(path: string, text: string, options: DetectorOptions = {}): Detector {
  return compileDetector(parseDetectorFile(path, text), options, compileExpression);
}
