import type { Actor, FindingObject } from '../detect/finding.ts';

/** Digits of a finding's id: enough to be unique in practice, and short enough to be typed; `show` takes them. */
export const SHORT_ID = 12;

/** `maria`, `maria as system:admin`, `(nobody)`; each name as `userText` writes it. */
export function actorText(actor: Actor, userText: (name: string) => string): string {
  const name = actor.username ? userText(actor.username) : '(nobody)';
  return actor.impersonated ? `${name} as ${userText(actor.impersonated)}` : name;
}

/** As kubectl names it: `pods/exec shop-prod/web-0`, `clusterrolebindings pwn`; a list has no name. */
export function objectText(object: FindingObject | null): string {
  if (!object?.resource) return '';
  const { group, resource, subresource, namespace, name } = object;
  const kind = `${resource}${subresource ? `/${subresource}` : ''}`;
  // A namespace lies in itself, as the API server writes it.
  const where = resource === 'namespaces' ? (name ?? namespace) : [namespace, name].filter(Boolean).join('/');
  // Only where the group is no built-in one does it help to tell objects apart.
  const custom = group.includes('.') && !group.endsWith('.k8s.io') ? `.${group}` : '';
  return `${kind}${custom}${where ? ` ${where}` : ''}`;
}

/** `command="sh -c id"`; lists of plain words are joined as a shell shows them. */
export function detailsText(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    if (value.length === 0) return '';
    return value.length === 1 ? valueText(value[0]) : JSON.stringify(value.join(' '));
  }
  // Quoted wherever it could pass for more than one value.
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '…';
  }
}
