/** Requests that run for a while (watches, shells): held until their time is over, when their last event is written. */
import type { Call } from './call.ts';

export interface OpenRequest {
  readonly call: Call;
  readonly auditID: string;
  readonly receivedAt: number;
  readonly endsAt: number;
}

const SECOND = 1_000_000;
/** The longest that a request may stay open, in seconds. */
export const LONGEST_OPEN = 600;

export interface OpenRequests {
  hold(request: OpenRequest): void;
  /** The next request whose time is over, at most a second and a bit after it was. */
  takeEnded(now: number): OpenRequest | undefined;
}

/** A timing wheel of seconds: adding and taking cost the same however many requests are open. */
export function openRequests(start: number): OpenRequests {
  const wheel: OpenRequest[][] = Array.from({ length: LONGEST_OPEN + 3 }, () => []);
  const slotOf = (time: number): OpenRequest[] => wheel[Math.floor(time / SECOND) % wheel.length] ?? [];
  let second = Math.floor(start / SECOND);
  let ending: OpenRequest[] = [];

  return {
    hold(request) {
      slotOf(request.endsAt).push(request);
    },
    takeEnded(now) {
      while (ending.length === 0 && second < Math.floor(now / SECOND)) {
        ending = slotOf(second * SECOND)
          .splice(0)
          .sort((a, b) => b.endsAt - a.endsAt);
        second += 1;
      }
      // A second later than they end, so that those of one second are spread over the next.
      const next = ending.at(-1);
      return next !== undefined && next.endsAt + SECOND <= now ? ending.pop() : undefined;
    },
  };
}
