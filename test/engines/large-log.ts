/** Logs that fill what a skim may hold: its blocks, its tables of keys. */

import { auditLine } from '../audit-event.ts';

/** As many events as users; each asks for a secret, of a namespace of its own, that nobody else asked for. */
export function manyUsers(count: number, nameLength: number): Buffer {
  const lines = Array.from({ length: count }, (_, index) => {
    const username = `user-${index}-`.padEnd(nameLength, 'x');
    const namespace = `team-${index}`;
    return auditLine({
      auditID: `id-${index}`,
      verb: index % 3 === 0 ? 'get' : 'update',
      stage: index % 7 === 0 ? 'ResponseStarted' : 'ResponseComplete',
      requestURI: `/api/v1/namespaces/${namespace}/secrets/db`,
      user: { username, groups: [`group-${index % 50}`, 'system:authenticated'] },
      objectRef: { resource: index % 5 === 0 ? 'secrets' : 'leases', namespace, name: 'db', apiVersion: 'v1' },
    });
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** Between the lines of a log, bodies, addresses and foreign lines of more than a megabyte. */
export function longLines(log: Buffer): Buffer {
  const million = 'x'.repeat(1_100_000);
  const long = [
    auditLine({ level: 'Request', verb: 'create', auditID: 'long-1', requestObject: { data: { password: million } } }),
    auditLine({ auditID: 'long-2', requestURI: `/api/v1/secrets?labelSelector=${million}${million}`, verb: 'list' }),
    million + million,
    `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"long-3","user":{"username":"${million}`,
    auditLine({ auditID: 'long-4', requestObject: { pad: million, items: [{ '"auditID"': million }] } }),
  ];
  const lines = log.toString('latin1').split('\n');
  for (const [index, line] of long.entries()) lines.splice((index + 1) * 5, 0, line);
  return Buffer.from(lines.join('\n'), 'latin1');
}
