/** A whole log, line by line, in the order in which an API server writes: by stage time, with small inversions. */
import { type Call, encodeEvent, isLongRunning, stagesOf } from './call.ts';
import { makeCluster } from './cluster.ts';
import { type Mix, WATCH_SHARE } from './mix.ts';
import { LONGEST_OPEN, type OpenRequest, openRequests } from './open-requests.ts';
import type { Random } from './random.ts';
import { type Informer, LONGEST_WATCH, pickInformer, SHORTEST_WATCH, watchCall } from './traffic/watches.ts';

const SECOND = 1_000_000;

export interface LogOptions {
  readonly mix: Mix;
  /** Microseconds since 1970. */
  readonly start: number;
  /** Whether RequestReceived is written too; many policies omit it. */
  readonly everyStage: boolean;
}

/**
 * Never ends; take as many lines as wanted. Lines have no line end and are ASCII, so characters are bytes. Memory is
 * what the cluster and its open watches need, however long the log.
 */
export function* auditLog(options: LogOptions, random: Random): Generator<string, never> {
  const { mix, everyStage } = options;
  const cluster = makeCluster(mix.cluster, random);
  const open = openRequests(options.start);
  const informers = new Map<OpenRequest, Informer>();
  const meanGap = SECOND / mix.eventsPerSecond;
  let now = options.start;

  function holdWatch(informer: Informer, receivedAt: number, seconds: number): OpenRequest {
    const call = watchCall(informer, seconds, receivedAt);
    const endsAt = receivedAt + seconds * SECOND + random.between(200, 4_000);
    const request: OpenRequest = { call, auditID: random.uuid(), receivedAt, endsAt };
    informers.set(request, informer);
    open.hold(request);
    return request;
  }

  // As many watches as end, and begin, at half the share each.
  const meanLife = (SHORTEST_WATCH + LONGEST_WATCH) / 2;
  for (let count = Math.round((mix.eventsPerSecond * WATCH_SHARE * meanLife) / 2); count > 0; count -= 1) {
    const seconds = random.between(SHORTEST_WATCH, LONGEST_WATCH);
    holdWatch(pickInformer(cluster, random), now - random.between(0, (seconds - 1) * SECOND), seconds);
  }

  function* begin(call: Call, auditID: string, receivedAt: number, startedAt: number): Generator<string> {
    if (everyStage) yield encodeEvent(call, auditID, 'RequestReceived', receivedAt, receivedAt);
    yield encodeEvent(call, auditID, 'ResponseStarted', receivedAt, startedAt);
  }

  for (;;) {
    now += Math.ceil(random.gap(meanGap));
    const ended = open.takeEnded(now);
    if (ended !== undefined) {
      yield encodeEvent(ended.call, ended.auditID, 'ResponseComplete', ended.receivedAt, now);
      const informer = informers.get(ended);
      if (informer !== undefined) {
        informers.delete(ended);
        now += Math.ceil(random.gap(meanGap));
        const next = holdWatch(informer, now, random.between(SHORTEST_WATCH, LONGEST_WATCH));
        yield* begin(next.call, next.auditID, now, now + random.between(300, 1_500));
      }
      continue;
    }

    const call = mix.traffic(random)(cluster, random, now);
    const auditID = random.uuid();
    // Requests run beside one another: an event is stamped first and written a moment later, after some that were
    // stamped after it.
    const stageAt = random.chance(0.1) ? now - random.between(1, 3_000) : now;
    const receivedAt = stageAt - Math.ceil(Math.min(random.logNormal(3_500, 0.8), 20 * SECOND));
    if (isLongRunning(call)) {
      yield* begin(call, auditID, receivedAt, stageAt);
      const seconds = Math.min(random.logNormal(4, 1.2), LONGEST_OPEN);
      open.hold({ call, auditID, receivedAt, endsAt: stageAt + Math.ceil(seconds * SECOND) });
      continue;
    }
    for (const stage of stagesOf(call)) {
      if (stage !== 'RequestReceived') yield encodeEvent(call, auditID, stage, receivedAt, stageAt);
      else if (everyStage) yield encodeEvent(call, auditID, stage, receivedAt, receivedAt);
    }
  }
}
