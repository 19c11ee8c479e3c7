import { describe, expect, it } from 'vitest';
import { command } from '../../src/event/command.ts';
import { eventOf } from '../audit-event.ts';

const NODE = '/api/v1/nodes/worker-1/proxy';

describe('the command of an exec', () => {
  it.each([
    [
      '/api/v1/namespaces/prod/pods/web/exec?command=sh&command=-c&command=cat+%2Fetc%2Fshadow&stdin=true',
      ['sh', '-c', 'cat /etc/shadow'],
    ],
    ['/api/v1/namespaces/prod/pods/web/exec?command=sh\u0026command=id', ['sh', 'id']],
    [`${NODE}/run/prod/web/web?cmd=id`, ['id']],
    [`${NODE}/exec/prod/web/web?command=id&input=1`, ['id']],
    [`${NODE}/exec/prod/web/web?cmd=id`, ['id']],
    [`${NODE}/cri/exec/token?cmd=id`, ['id']],
    ['/api/v1/namespaces/prod/pods/web/exec', undefined],
    ['/api/v1/namespaces/prod/pods/web/attach?stdin=true', undefined],
    ['/api/v1/namespaces/prod/pods?cmd=id', undefined],
    [`${NODE}/running?cmd=id`, undefined],
    [`${NODE}/stats?cmd=id`, undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('of %j is %j', (requestURI, words) => {
    expect(command(eventOf({ requestURI }))).toEqual(words);
  });
});
