import { parseTime } from '../event/time.ts';
import type { Judged } from '../scan.ts';
import type { Activity } from './activity.ts';
import type { Findings } from './findings.ts';
import { countedRequest } from './request.ts';
import type { TimelineCounter } from './timeline.ts';
import type { ReportWindow } from './window.ts';

export interface Collected {
  readonly window: ReportWindow;
  readonly findings: Findings;
  readonly activity: Activity;
  readonly timeline: TimelineCounter;
}

/** Counts all that was judged. What leads up to the window is there for its findings alone. */
export async function collect(judged: AsyncIterable<readonly Judged[]>, into: Collected): Promise<void> {
  const { window, findings, activity, timeline } = into;
  /** Where the window of a file's log starts; what the findings of a batch are about was in it, or in one before. */
  const starts = new Map<string, number | undefined>();
  for await (const batch of judged) {
    // A batch is of one file, and nothing is read ahead: the log is that of the last event that was asked for.
    const path = batch[0]?.record?.place.path;
    if (path !== undefined) starts.set(path, window.current?.since);
    for (const { record, findings: found } of batch) {
      const isLeadIn = record !== undefined && window.isLeadIn(record.event);
      if (record && !isLeadIn) {
        const request = countedRequest(record.event);
        activity.add(request);
        timeline.request(request.time, request.outcome);
      }
      for (const finding of found) {
        const { first = finding.time, severity, source } = finding;
        if (findings.add(finding, isLeadIn, starts.get(source?.path ?? '')))
          timeline.finding(parseTime(first), severity);
      }
    }
  }
}
