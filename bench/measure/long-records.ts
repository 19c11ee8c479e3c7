import type { Call } from '../call.ts';
import type { Mix } from '../mix.ts';
import { listWithBody } from '../traffic/reads.ts';

/** One request in so many; about 20 MB of busy log lie between two. */
const EVERY = 20_000;

/** Bytes of the body; with the rest of the event about 8 MiB. */
const BODY = 8 * 1024 * 1024 - 16 * 1024;

/** A list of secrets, which a detector cannot judge by its head: the whole record must be parsed. */
function asSecrets(call: Call): Call {
  return { ...call, uri: '/api/v1/secrets?limit=500', object: { resource: 'secrets', apiVersion: 'v1' } };
}

/** The mix, with records of 8 MiB in it: lists of pods and of secrets by turns. */
export function withLongRecords(mix: Mix): Mix {
  let drawn = 0;
  return {
    ...mix,
    traffic: (random) => {
      drawn += 1;
      if (drawn % EVERY !== 0) return mix.traffic(random);
      const secrets = (drawn / EVERY) % 2 === 0;
      return (cluster, random, now) => {
        const call = listWithBody(BODY)(cluster, random, now);
        return secrets ? asSecrets(call) : call;
      };
    },
  };
}
