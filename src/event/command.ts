import type { AuditEvent } from './types.ts';
import { queryValues } from './uri.ts';

/** The kubelet's own endpoints, reached through `nodes/proxy` without the API server's pods/exec. */
const KUBELET_EXEC = /\/proxy\/(exec|attach|run|cri\/exec)\b/;

/**
 * The words of the command that an exec ran: the repeated `command=` parameters, or the kubelet's `cmd=` where the
 * request went through nodes/proxy. Undefined where the request carries none.
 */
export function command(event: AuditEvent): string[] | undefined {
  const uri = event.requestURI;
  const words = queryValues(uri, 'command');
  if (words.length > 0) return words;
  if (typeof uri !== 'string' || !KUBELET_EXEC.test(uri)) return undefined;
  const kubelet = queryValues(uri, 'cmd');
  return kubelet.length > 0 ? kubelet : undefined;
}
