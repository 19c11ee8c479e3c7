import { auditLine } from '../audit-event.ts';

/** A log in which each attack stands wherever a client, or who names objects, can put a text; and makes findings. */
export function hostileLog(attacks: readonly string[]): string {
  const lines = attacks.flatMap((attack, index) => {
    const minute = String(index % 60).padStart(2, '0');
    const time = `2026-02-22T10:${minute}:00.000000Z`;
    const common = {
      user: { username: attack, groups: [attack] },
      userAgent: attack,
      sourceIPs: [attack, '10.1.2.3'],
      requestReceivedTimestamp: time,
      stageTimestamp: time,
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': attack },
    };
    const objectRef = (resource: string, subresource?: string) => ({
      ...{ resource, namespace: attack, name: attack, apiVersion: 'v1' },
      ...(subresource ? { subresource } : {}),
    });
    const uri = `/api/v1/namespaces/x/pods/x/exec?command=${encodeURIComponent(Buffer.from(attack).toString())}`;
    return [
      auditLine({ ...common, auditID: `read-${index}`, objectRef: objectRef('secrets'), requestURI: attack }),
      auditLine({ ...common, auditID: `exec-${index}`, objectRef: objectRef('pods', 'exec'), requestURI: uri }),
      auditLine({ ...common, auditID: `gone-${index}`, verb: 'delete', objectRef: objectRef('configmaps') }),
      auditLine({
        ...{ ...common, auditID: attack, verb: attack, impersonatedUser: { username: attack } },
        ...{ objectRef: objectRef(attack), responseStatus: { code: 403, message: attack } },
      }),
      // No event, and quoted by nothing.
      attack.replaceAll('\n', ' '),
    ];
  });
  return `${lines.join('\n')}\n`;
}
