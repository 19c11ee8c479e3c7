/**
 * What a cluster's API server is asked, and how often. There is no public census of audit logs: the shares are an
 * assumption, put together from reports of single clusters (leases and status make most of it, people almost nothing).
 *
 *   leases 45 %, watches 8 % (4 % begun, 4 % ended), gets 20 %, lists 8 %, patches and updates of status 12 %,
 *   creates of reviews, tokens and events 6 %, pods made and deleted 0.6 %, people 0.4 %; 1 to 3 % end in 4xx.
 *
 * About 1 % of events have a body of 4 to 60 KB. Longer ones depend on the mix: busy has a few hundred KB now and then
 * and 1 to 2 MB rarely, body-heavy records the answers of lists and has 0.05 % above 1 MB, quiet has none.
 *
 * The median of Metadata events comes out at 885 bytes. Published lines of toy clusters have 620, but lease renewals set
 * the median here, and with the fields that a release of 2024 writes, one is not shorter.
 */
import type { Call } from './call.ts';
import type { Cluster, ClusterSize } from './cluster.ts';
import { type Random, weighted } from './random.ts';
import { leaderLease, nodeLease } from './traffic/leases.ts';
import { personLooks, personOpensShell } from './traffic/people.ts';
import {
  expiredToken,
  kubeletGet,
  kubeletList,
  listWithBody,
  operatorGet,
  operatorList,
  probe,
} from './traffic/reads.ts';
import { accessReview, eventRecord, podToken, tokenReview } from './traffic/reviews.ts';
import {
  application,
  autoscalerStatus,
  deploymentStatus,
  endpoints,
  nodeStatus,
  podBinding,
  podCreate,
  podDelete,
  podStatus,
} from './traffic/writes.ts';

export type Traffic = (cluster: Cluster, random: Random, now: number) => Call;

export interface Mix {
  readonly cluster: ClusterSize;
  readonly eventsPerSecond: number;
  /** Everything but watches, which keep their own time. */
  readonly traffic: (random: Random) => Traffic;
}

export const MIX_NAMES = ['busy', 'quiet', 'body-heavy'] as const;
export type MixName = (typeof MIX_NAMES)[number];

/** The share of events that begin or end a watch. */
export const WATCH_SHARE = 0.08;

const KB = 1000;

/** Few are long: the logarithm of the size is even between the two. */
function between(low: number, high: number): (random: Random) => number {
  return (random) => low * (high / low) ** random.unit();
}

type Entry = readonly [percent: number, traffic: Traffic];

const COMMON: readonly Entry[] = [
  [38, nodeLease],
  [7, leaderLease],
  [8, kubeletGet],
  [8.5, operatorGet],
  [3.5, probe],
  [6, operatorList],
  [1.8, kubeletList],
  [3, nodeStatus],
  [3, podStatus],
  [1.2, deploymentStatus],
  [2.4, endpoints],
  [1.4, autoscalerStatus],
  [1, application(between(4 * KB, 60 * KB))],
  [2.2, accessReview],
  [0.8, tokenReview],
  [0.6, podToken],
  [2.4, eventRecord],
  [0.2, podCreate],
  [0.2, podBinding],
  [0.2, podDelete],
  [0.37, personLooks],
  [0.01, personOpensShell],
  [0.02, expiredToken],
];

const HUGE: readonly Entry[] = [
  [0.004, application(between(100 * KB, 400 * KB))],
  [0.0005, application(between(1000 * KB, 2000 * KB))],
];

const BODIES: readonly Entry[] = [
  [0.3, (cluster, random, now) => listWithBody(between(20 * KB, 400 * KB)(random))(cluster, random, now)],
  [0.056, (cluster, random, now) => listWithBody(between(1050 * KB, 2500 * KB)(random))(cluster, random, now)],
  [6, deploymentStatus],
  [2, podCreate],
];

const PEOPLE = [
  { username: 'maria@example.com', group: 'payments', namespace: 'payments-prod' },
  { username: 'joao@example.com', group: 'shop', namespace: 'shop-prod' },
  { username: 'wanjiru@example.com', group: 'search', namespace: 'search-prod' },
  { username: 'tomasz@example.com', group: 'shop', namespace: 'staging' },
  { username: 'aiko@example.com', group: 'payments', namespace: 'payments-staging' },
];

const NAMESPACES = ['payments-prod', 'shop-prod', 'search-prod', 'staging', 'payments-staging', 'batch', 'data'];

const LARGE: ClusterSize = { nodes: 500, namespaces: NAMESPACES, workloads: 1500, people: PEOPLE };
const SMALL: ClusterSize = { nodes: 6, namespaces: NAMESPACES.slice(0, 5), workloads: 40, people: PEOPLE };

export const MIXES: Readonly<Record<MixName, Mix>> = {
  busy: { cluster: LARGE, eventsPerSecond: 800, traffic: weighted([...COMMON, ...HUGE]) },
  quiet: { cluster: SMALL, eventsPerSecond: 12, traffic: weighted(COMMON) },
  'body-heavy': { cluster: LARGE, eventsPerSecond: 400, traffic: weighted([...COMMON, ...BODIES]) },
};
