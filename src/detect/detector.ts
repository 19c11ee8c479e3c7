import * as v from 'valibot';
import { DetectorError } from '../errors.ts';
import { type CompiledExpression, compileExpression, type Lists } from '../expression/compile.ts';
import { ExpressionError } from '../expression/error.ts';
import { type Document, parseChecked, readDocument } from './document.ts';
import { SEVERITIES, type Severity } from './finding.ts';
import { DEFAULT_LISTS } from './lists.ts';

/** `90s`, `5m`, `24h`, `7d`. */
const DURATION = /^(\d+)(s|m|h|d)$/;
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Microseconds of a duration such as `5m`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] * 1_000_000;
}

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
  /** The lists of the configuration; {@link DEFAULT_LISTS} when there is none. */
  readonly lists?: Lists;
  /** Severities of the configuration, by detector id. */
  readonly severities?: Readonly<Record<string, Severity>>;
}

/**
 * Reads and compiles one detector file.
 * @throws {DetectorError} naming file, line and what is wrong.
 */
export async function readDetector(path: string, options: DetectorOptions = {}): Promise<Detector> {
  return compileDetector(await readDocument(path, detectorSchema), options);
}

/** As {@link readDetector}, from the file's text. */
export function parseDetector(path: string, text: string, options: DetectorOptions = {}): Detector {
  return compileDetector(parseChecked(path, text, detectorSchema), options);
}

function compileDetector(document: Document<DetectorFile>, options: DetectorOptions): Detector {
  const file = document.value;
  const compile = (text: string, ...keys: readonly (string | number)[]): CompiledExpression => {
    try {
      return compileExpression(text, { lists: options.lists ?? DEFAULT_LISTS, detector: true });
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
