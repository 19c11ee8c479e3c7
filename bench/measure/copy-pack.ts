import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { CLI } from './works.ts';

/** Of the build that is measured. */
const PACK = join(dirname(CLI), '..', 'queries');

/** What a copy asks for: `same` matches what the original does, `other` asks as much about other things. */
export type Likeness = 'same' | 'other';

/** Resources and names that detectors ask for, and others of the like that a cluster has as well, or could have. */
const OTHERS: Readonly<Record<string, string>> = {
  secrets: 'sealedsecrets',
  configmaps: 'configpolicies',
  pods: 'podmonitors',
  nodes: 'nodepools',
  namespaces: 'accounts',
  events: 'eventlisteners',
  roles: 'teamroles',
  clusterroles: 'globalroles',
  rolebindings: 'teamrolebindings',
  clusterrolebindings: 'globalrolebindings',
  serviceaccounts: 'robotaccounts',
  tokenreviews: 'certificaterequests',
  daemonsets: 'clonesets',
  deployments: 'rollouts',
  statefulsets: 'petsets',
  auditsinks: 'auditpolicies',
  apiservers: 'authservers',
  mutatingwebhookconfigurations: 'mutators',
  validatingwebhookconfigurations: 'validators',
  mutatingadmissionpolicies: 'mutationpolicies',
  validatingadmissionpolicies: 'constrainttemplates',
  exec: 'console',
  attach: 'vnc',
  portforward: 'usbredir',
  proxy: 'tunnel',
  token: 'ticket',
  'project.openshift.io': 'tenancy.example.com',
  'system:anonymous': 'system:nobody',
  'system:unauthenticated': 'system:unknown',
  'system:masters': 'system:operators',
};

function othersIn(expression: string): string {
  return expression
    .replaceAll(/"([\w:.]+)"/g, (literal, name: string) => {
      const other = Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined;
      return other === undefined ? literal : JSON.stringify(other);
    })
    .replace('responseStatus.code = 401', 'responseStatus.code = 418');
}

/**
 * Writes a copy of every built-in detector, under another id, to a new folder.
 * @returns the ids of those whose expression is the original's, because nothing in it was known.
 */
export function copyPack(folder: string, likeness: Likeness): { copies: number; unchanged: string[] } {
  mkdirSync(folder, { recursive: true });
  const unchanged: string[] = [];
  const names = readdirSync(PACK, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  for (const name of names) {
    const document = parseDocument(readFileSync(join(PACK, name), 'utf8'));
    const match = String(document.get('match'));
    const copied = likeness === 'other' ? othersIn(match) : match;
    if (copied === match) unchanged.push(String(document.get('id')));
    document.set('id', `${document.get('id')}-copy`);
    document.set('match', copied);
    writeFileSync(join(folder, basename(name)), String(document));
  }
  return { copies: names.length, unchanged };
}
