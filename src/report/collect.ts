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
  for await (const batch of judged) {
    for (const { record, findings: found } of batch) {
      const isLeadIn = record !== undefined && window.isLeadIn(record.event);
      if (record && !isLeadIn) {
        const request = countedRequest(record.event);
        activity.add(request);
        timeline.request(request.time, request.outcome);
      }
      for (const finding of found)
        if (findings.add(finding, isLeadIn))
          timeline.finding(parseTime(finding.first ?? finding.time), finding.severity);
    }
  }
}
