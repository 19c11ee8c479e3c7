/** The library: the pipeline of the command line without the command line. */

export {
  type Detector,
  type DetectorFile,
  type DetectorOptions,
  parseDetector,
  readDetector,
} from './detect/detector.ts';
export { createEngine, type Engine, type EngineOptions, type EngineState } from './detect/engine.ts';
export type { Exception, ExceptionRule } from './detect/exceptions.ts';
export { compileExceptions } from './detect/exceptions.ts';
export { type Actor, type Finding, type FindingObject, SEVERITIES, type Severity } from './detect/finding.ts';
export { DEFAULT_LISTS } from './detect/lists.ts';
export { loadDetectors } from './detect/load.ts';
export { type TestResult, testDetector } from './detect/test-detector.ts';
export { DetectorError, InputError, KnownError, UsageError } from './errors.ts';
export { lineTime } from './event/line-time.ts';
export { createRequestFolder, type RequestFolder, type RequestState } from './event/requests.ts';
export type { AuditEvent, EventRecord } from './event/types.ts';
export { toBoolean } from './expression/boolean.ts';
export {
  type CompiledExpression,
  type CompileOptions,
  compileExpression,
  type Lists,
} from './expression/compile.ts';
export { ExpressionError } from './expression/error.ts';
export { EvaluationError } from './expression/failure.ts';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from './follow/checkpoint.ts';
export { createFollower, type Follower, type FollowerOptions, type FollowState } from './follow/follower.ts';
export type { FollowedLog, LineBatch } from './follow/log.ts';
export type { Position } from './follow/position.ts';
export {
  type HeadOptions,
  type HeadSelection,
  type ReaderName,
  type ReadOptions,
  readEvents,
  readRequests,
  type ScanOptions,
  type Select,
  scan,
} from './scan.ts';
export { type FindOptions, type Found, findSources } from './sources/find.ts';
export { type FoundSets, findSets } from './sources/find-sets.ts';
export type { LogSet } from './sources/log-set.ts';
export type { SeekThresholds } from './sources/seek.ts';
export type { Source } from './sources/types.ts';
export { createSummary, type Gap, type Place, type Reject, type RejectReason, type Summary } from './summary.ts';
