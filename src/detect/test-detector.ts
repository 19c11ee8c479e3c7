import { isDeepStrictEqual } from 'node:util';
import { decodeEvent } from '../event/decode.ts';
import { createRequestFolder } from '../event/requests.ts';
import type { EventRecord } from '../event/types.ts';
import { createSummary } from '../summary.ts';
import type { Detector, DetectorTest } from './detector.ts';
import { createEngine } from './engine.ts';
import type { Finding } from './finding.ts';

export interface TestResult {
  readonly name: string;
  /** What went wrong, one sentence; undefined when the test passed. */
  readonly failure: string | undefined;
}

/** Runs a detector's own tests, each as a log of its own: decoded, folded and judged as a scan does it. */
export async function testDetector(detector: Detector): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of detector.file.tests ?? [])
    results.push({ name: test.name, failure: await failureOf(detector, test) });
  return results;
}

async function failureOf(detector: Detector, test: DetectorTest): Promise<string | undefined> {
  const summary = createSummary();
  const engine = createEngine([detector], [], summary);
  const folder = createRequestFolder();
  const findings: Finding[] = [];
  for (const [index, event] of (test.events ?? [test.event]).entries()) {
    const record = decodeTestEvent(event, index);
    if (!record) return `${test.events ? `events.${index}` : 'event'} is no audit event`;
    if (folder.role(record) === 'decides') findings.push(...(await engine.judge(record)));
  }
  findings.push(...engine.finish());
  for (const [name, failure] of summary.failures) return `${name} failed: ${failure.message}`;
  if (findings.length > 0 !== test.match)
    return test.match ? 'it should match, but does not' : 'it should not match, but does';
  for (const [name, expected] of Object.entries(test.columns ?? {})) {
    const actual = findings[0]?.details[name] ?? null;
    if (!isDeepStrictEqual(actual, expected)) {
      return `column ${name} should be ${JSON.stringify(expected)}, but is ${JSON.stringify(actual)}`;
    }
  }
  return undefined;
}

/** A test names only what matters to it; what makes any JSON an audit event is filled in. */
function decodeTestEvent(event: Readonly<Record<string, unknown>> | undefined, index: number): EventRecord | undefined {
  const complete = { apiVersion: 'audit.k8s.io/v1', ...event };
  const text = JSON.stringify(complete);
  const decoded = decodeEvent(JSON.parse(text), text);
  return decoded && { event: decoded, text, place: { path: 'test', offset: index } };
}
