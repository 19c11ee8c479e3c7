/**
 * The day's noise: controllers, kubelets, probes, people who look. The traffic is that of the benchmark's generator; the
 * policy of this cluster leaves leases out, and of the rest one request in many was kept, so that the sample stays small.
 */
import type { Traffic } from '../../bench/mix.ts';
import { type Random, weighted } from '../../bench/random.ts';
import { personLooks } from '../../bench/traffic/people.ts';
import { expiredToken, kubeletGet, kubeletList, operatorGet, operatorList, probe } from '../../bench/traffic/reads.ts';
import { accessReview, eventRecord, podToken, tokenReview } from '../../bench/traffic/reviews.ts';
import { LONGEST_WATCH, pickInformer, SHORTEST_WATCH, watchCall } from '../../bench/traffic/watches.ts';
import {
  autoscalerStatus,
  deploymentStatus,
  endpoints,
  nodeStatus,
  podBinding,
  podCreate,
  podDelete,
  podStatus,
} from '../../bench/traffic/writes.ts';
import type { Cast } from './cast.ts';
import type { Moment } from './moment.ts';

const TRAFFIC: (random: Random) => Traffic = weighted<Traffic>([
  [16, kubeletGet],
  [18, operatorGet],
  [8, probe],
  [12, operatorList],
  [3, kubeletList],
  [6, nodeStatus],
  [4, podStatus],
  [2, deploymentStatus],
  [3, endpoints],
  [3, autoscalerStatus],
  [5, accessReview],
  [4, tokenReview],
  [4, podToken],
  [6, eventRecord],
  [1, podCreate],
  [1, podBinding],
  [1, podDelete],
  [6, personLooks],
  [0.4, expiredToken],
]);

const WATCH_SHARE = 0.09;

/** Noise from `from` to `to`, one request every `meanSeconds` on average. */
export function background(cast: Cast, from: number, to: number, meanSeconds: number, random: Random): Moment[] {
  const moments: Moment[] = [];
  const { cluster } = cast;
  for (let now = from; ; ) {
    now += Math.ceil(random.gap(meanSeconds * 1_000_000));
    if (now >= to) return moments;
    if (random.chance(WATCH_SHARE)) {
      const seconds = random.between(SHORTEST_WATCH, LONGEST_WATCH);
      moments.push({ at: now, call: watchCall(pickInformer(cluster, random), seconds, now), seconds });
    } else {
      moments.push({ at: now, call: TRAFFIC(random)(cluster, random, now), seconds: random.logNormal(2, 0.8) });
    }
  }
}

/** What the noise holds that looks like an attack to a careless eye. */
export const BACKGROUND_NEAR_MISSES = [
  { detector: 'secret-read', actor: 'system:node:*', why: 'kubelets read and watch the secrets that their pods mount' },
  {
    detector: 'secret-read-cross-namespace',
    actor: 'system:serviceaccount:*',
    why: 'argocd, cert-manager and the others read secrets of their own namespaces',
  },
  {
    detector: 'secrets-list-all-namespaces',
    actor: 'system:kube-controller-manager',
    why: 'the garbage collector watches everything',
  },
  { detector: 'token-request', actor: 'system:node:*', why: 'kubelets fetch the tokens of their pods' },
  { detector: 'failed-authentication', actor: 'system:serviceaccount:*', why: 'their token reviews end in 201' },
  { detector: 'failed-authentication', actor: '', why: 'single 401s, each from another address' },
  { detector: 'anonymous-access', actor: 'system:anonymous', why: 'health checks' },
  {
    detector: 'privileged-pod',
    actor: 'system:serviceaccount:kube-system:replicaset-controller',
    why: 'ordinary pods',
  },
] as const;
