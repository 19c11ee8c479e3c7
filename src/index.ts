/** The library: the pipeline of the command line without the command line. */

export {
  type Detector,
  type DetectorFile,
  type DetectorOptions,
  parseDetector,
  readDetector,
} from './detect/detector.ts';
export type { Exception, ExceptionRule } from './detect/exceptions.ts';
export { compileExceptions } from './detect/exceptions.ts';
export { type Actor, type Finding, type FindingObject, SEVERITIES, type Severity } from './detect/finding.ts';
export { DEFAULT_LISTS } from './detect/lists.ts';
export { loadDetectors } from './detect/load.ts';
export { type TestResult, testDetector } from './detect/test-detector.ts';
export { DetectorError, InputError, KnownError, UsageError } from './errors.ts';
export type { AuditEvent, EventRecord } from './event/types.ts';
export { toBoolean } from './expression/boolean.ts';
export {
  type CompiledExpression,
  type CompileOptions,
  compileExpression,
  EvaluationError,
  type Lists,
} from './expression/compile.ts';
export { ExpressionError } from './expression/error.ts';
export { type ReadOptions, readEvents, readRequests, type ScanOptions, scan } from './scan.ts';
export { findSources } from './sources/find.ts';
export type { Source } from './sources/types.ts';
export { createSummary, type Place, type Reject, type RejectReason, type Summary } from './summary.ts';
