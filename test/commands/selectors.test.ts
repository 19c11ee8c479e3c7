import { describe, expect, it } from 'vitest';
import { createSelector, type SelectorValues } from '../../src/commands/selectors.ts';
import { UsageError } from '../../src/errors.ts';
import { auditFields, eventOf } from '../audit-event.ts';

const NOW = Date.UTC(2026, 1, 22, 11, 0, 0);

/** Whether the selectors let an event through that is as usual but for these fields. */
function selects(values: SelectorValues, fields: Readonly<Record<string, unknown>> = {}): boolean {
  return createSelector(values, NOW)(eventOf(auditFields(fields)));
}

describe('no selector', () => {
  it('lets everything through', () => {
    expect(selects({})).toBe(true);
    expect(createSelector({}, NOW)(eventOf({}))).toBe(true);
  });
});

describe('values', () => {
  it('of one selector: any of them', () => {
    expect(selects({ verb: ['list', 'get'] })).toBe(true);
    expect(selects({ verb: ['list', 'watch'] })).toBe(false);
  });

  it('with a dash: none of them', () => {
    expect(selects({ verb: ['-get'] })).toBe(false);
    expect(selects({ verb: ['-list', '-watch'] })).toBe(true);
    expect(selects({ verb: ['-list', '-get'] })).toBe(false);
  });

  it('with and without: one of the ones and none of the others', () => {
    expect(selects({ user: ['m*', '-maria'] })).toBe(false);
    expect(selects({ user: ['m*', '-marius'] })).toBe(true);
    expect(selects({ user: ['j*', '-marius'] })).toBe(false);
  });

  it('of several selectors: all of them', () => {
    expect(selects({ verb: ['get'], user: ['maria'], code: ['2xx'] })).toBe(true);
    expect(selects({ verb: ['get'], user: ['maria'], code: ['4xx'] })).toBe(false);
    expect(selects({ verb: ['-get'], user: ['maria'] })).toBe(false);
  });

  it('alone, as one that was not repeated', () => {
    expect(selects({ verb: 'get' })).toBe(true);
    expect(selects({ verb: '-get' })).toBe(false);
  });

  it('are globs, of the whole text', () => {
    expect(selects({ name: ['d*'] })).toBe(true);
    expect(selects({ name: ['d?'] })).toBe(true);
    expect(selects({ name: ['d'] })).toBe(false);
    expect(selects({ name: ['*b'] })).toBe(true);
    expect(selects({ name: ['*'] })).toBe(true);
    expect(selects({ name: ['[d]b'] })).toBe(false);
  });

  it('empty: what has none', () => {
    expect(selects({ name: [''] })).toBe(false);
    expect(selects({ name: [''] }, { objectRef: { resource: 'secrets', namespace: 'prod' } })).toBe(true);
    expect(selects({ name: ['-'] }, { objectRef: { resource: 'secrets', namespace: 'prod' } })).toBe(false);
    expect(selects({ name: ['-'] })).toBe(true);
  });

  it('with two dashes: not what begins with one', () => {
    expect(selects({ name: ['--x'] }, { objectRef: { resource: 'secrets', name: '-x' } })).toBe(false);
    expect(selects({ name: ['--x'] }, { objectRef: { resource: 'secrets', name: 'x' } })).toBe(true);
  });
});

describe('namespace', () => {
  it('is that of the object', () => {
    expect(selects({ namespace: ['prod'] })).toBe(true);
    expect(selects({ namespace: ['pro*'] })).toBe(true);
    expect(selects({ namespace: ['staging'] })).toBe(false);
  });

  it('of a namespace is its own name', () => {
    const created = { objectRef: { resource: 'namespaces', name: 'prod', apiVersion: 'v1' } };
    expect(selects({ namespace: ['prod'] }, created)).toBe(true);
    expect(selects({ namespace: ['-prod'] }, created)).toBe(false);
    const got = { objectRef: { resource: 'namespaces', namespace: 'prod', name: 'prod' } };
    expect(selects({ namespace: ['prod'] }, got)).toBe(true);
  });

  it('of what lies in the cluster is none', () => {
    const node = { objectRef: { resource: 'nodes', name: 'prod' } };
    expect(selects({ namespace: ['prod'] }, node)).toBe(false);
    expect(selects({ namespace: ['*'] }, node)).toBe(true);
    expect(selects({ namespace: [''] }, node)).toBe(true);
    expect(selects({ namespace: [''] }, { objectRef: undefined })).toBe(true);
  });
});

describe('user and group', () => {
  const impersonating = { impersonatedUser: { username: 'system:admin', groups: ['system:masters'] } };

  it('are those of the caller', () => {
    expect(selects({ user: ['maria'] })).toBe(true);
    expect(selects({ user: ['Maria'] })).toBe(false);
    expect(selects({ group: ['dev'] })).toBe(true);
    expect(selects({ group: ['system:*'] })).toBe(true);
    expect(selects({ group: ['ops'] })).toBe(false);
  });

  it('and those of whom it impersonates', () => {
    expect(selects({ user: ['system:admin'] }, impersonating)).toBe(true);
    expect(selects({ user: ['maria'] }, impersonating)).toBe(true);
    expect(selects({ user: ['-system:admin'] }, impersonating)).toBe(false);
    expect(selects({ group: ['system:masters'] }, impersonating)).toBe(true);
    expect(selects({ group: ['-system:masters'] }, impersonating)).toBe(false);
  });

  it('of nobody are empty', () => {
    expect(selects({ user: [''] }, { user: {} })).toBe(true);
    expect(selects({ user: [''] }, impersonating)).toBe(false);
    expect(selects({ group: ['*'] }, { user: {} })).toBe(false);
    expect(selects({ group: ['-dev'] }, { user: {} })).toBe(true);
  });
});

describe('sa:NS/NAME', () => {
  const account = { user: { username: 'system:serviceaccount:shop:web', groups: [] } };

  it('is a service account', () => {
    expect(selects({ user: ['sa:shop/web'] }, account)).toBe(true);
    expect(selects({ user: ['sa:shop/*'] }, account)).toBe(true);
    expect(selects({ user: ['sa:*/web'] }, account)).toBe(true);
    expect(selects({ user: ['-sa:shop/web'] }, account)).toBe(false);
    expect(selects({ user: ['sa:shop/api'] }, account)).toBe(false);
  });
});

describe('verb, level, stage', () => {
  it('are read in any case', () => {
    expect(selects({ verb: ['GET'] })).toBe(true);
    expect(selects({ verb: ['*e*'] })).toBe(true);
    expect(selects({ level: ['metadata'] })).toBe(true);
    expect(selects({ level: ['Request'] })).toBe(false);
    expect(selects({ stage: ['responsecomplete'] })).toBe(true);
    expect(selects({ stage: ['-ResponseComplete'] })).toBe(false);
  });

  it('are whole words', () => {
    expect(selects({ level: ['Request'] }, { level: 'RequestResponse' })).toBe(false);
    expect(selects({ verb: ['delete'] }, { verb: 'deletecollection' })).toBe(false);
    expect(selects({ verb: ['delete*'] }, { verb: 'deletecollection' })).toBe(true);
  });
});

describe('resource', () => {
  const pods = { objectRef: { resource: 'pods', namespace: 'prod', name: 'web-0', apiVersion: 'v1' } };
  const exec = { objectRef: { ...pods.objectRef, subresource: 'exec' } };
  const deployment = { objectRef: { resource: 'deployments', apiGroup: 'apps', namespace: 'prod', name: 'web' } };

  it.each(['po', 'pod', 'pods', 'PODS', 'Pod', 'pod*', '*', 'po/', 'pods.'])('%s is a pod', (value) => {
    expect(selects({ resource: [value] }, pods)).toBe(true);
  });

  it.each(['deploy', 'po/exec', 'po/*', 'pods.apps', 'p', 'podtemplates', ''])('%j is none', (value) => {
    expect(selects({ resource: [value] }, pods)).toBe(false);
  });

  it.each(['po', 'pods', 'pods/exec', 'po/exec', 'pods/*', 'pods/e*', '*/exec', '*'])('%s is an exec', (value) => {
    expect(selects({ resource: [value] }, exec)).toBe(true);
  });

  it.each(['pods/', 'pods/log', 'pods/exec/x', 'nodes/exec', '/exec'])('%s is none', (value) => {
    expect(selects({ resource: [value] }, exec)).toBe(false);
  });

  it.each(['deploy', 'deploy.apps', 'deployments.apps', 'deployment.*', '*.apps', 'deployments.a*'])(
    '%s is a deployment',
    (value) => {
      expect(selects({ resource: [value] }, deployment)).toBe(true);
    },
  );

  it.each(['deploy.extensions', 'deployments.', 'deploy.apps/scale', 'ds.apps'])('%s is none', (value) => {
    expect(selects({ resource: [value] }, deployment)).toBe(false);
  });

  it('takes groups of several parts and a subresource at once', () => {
    const route = {
      objectRef: { resource: 'httproutes', apiGroup: 'gateway.networking.k8s.io', name: 'x', subresource: 'status' },
    };
    expect(selects({ resource: ['httproute.gateway.networking.k8s.io/status'] }, route)).toBe(true);
    expect(selects({ resource: ['httproute.gateway.networking.k8s.io/'] }, route)).toBe(false);
    expect(selects({ resource: ['httproute.*/st*'] }, route)).toBe(true);
  });

  it('is negated as a whole', () => {
    expect(selects({ resource: ['-pods/exec'] }, exec)).toBe(false);
    expect(selects({ resource: ['-pods/exec'] }, pods)).toBe(true);
    expect(selects({ resource: ['-po'] }, exec)).toBe(false);
  });

  it('is no URI', () => {
    const healthz = { objectRef: undefined, requestURI: '/healthz' };
    expect(selects({ resource: ['*'] }, healthz)).toBe(false);
    expect(selects({ resource: ['-pods'] }, healthz)).toBe(true);
  });
});

describe('ip', () => {
  const proxied = { sourceIPs: ['203.0.113.7', '10.0.0.9'] };

  it.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '10.0.0.9', '10.0.0.0/8', '203.0.113.7/32'])(
    '%s holds any of the addresses',
    (value) => {
      expect(selects({ ip: [value] }, proxied)).toBe(true);
      expect(selects({ ip: [`-${value}`] }, proxied)).toBe(false);
    },
  );

  it.each(['203.0.113.8', '203.0.112.0/24', 'fd00::/8'])('%s holds none', (value) => {
    expect(selects({ ip: [value] }, proxied)).toBe(false);
    expect(selects({ ip: [`-${value}`] }, proxied)).toBe(true);
  });

  it('takes IPv6, and IPv4 within it', () => {
    expect(selects({ ip: ['fd00::/8'] }, { sourceIPs: ['fd12:3456::1'] })).toBe(true);
    expect(selects({ ip: ['fd12:3456:0::1'] }, { sourceIPs: ['fd12:3456::1'] })).toBe(true);
    expect(selects({ ip: ['10.0.0.0/8'] }, { sourceIPs: ['::ffff:10.1.2.3'] })).toBe(true);
  });

  it('finds nothing in what is no address', () => {
    expect(selects({ ip: ['0.0.0.0/0'] }, { sourceIPs: ['unknown', ''] })).toBe(false);
    expect(selects({ ip: ['0.0.0.0/0'] }, { sourceIPs: undefined })).toBe(false);
  });

  // Node counts IPv4 addresses as IPv6 ones (::ffff:0:0/96) in BlockList.check.
  it('::/0 is every address', () => {
    expect(selects({ ip: ['::/0'] }, proxied)).toBe(true);
  });

  it.each(['', '300.1.1.1', '10.0.0.0/33', '10.0.0.0/', '10.0.0', 'fd00::/129', '10.*', 'localhost', '10.0.0.0/8/8'])(
    '%j is none',
    (value) => {
      const error = new UsageError(`--ip ${value}: not an address or range (10.1.2.3, 10.0.0.0/8, fd00::/8)`);
      expect(() => createSelector({ ip: [value] }, NOW)).toThrow(error);
      expect(() => createSelector({ ip: [`-${value}`] }, NOW)).toThrow(error);
    },
  );
});

describe('code', () => {
  const status = (code: number): Record<string, unknown> => ({ responseStatus: { metadata: {}, code } });

  it('is a number or a class', () => {
    expect(selects({ code: ['403'] }, status(403))).toBe(true);
    expect(selects({ code: ['4xx'] }, status(403))).toBe(true);
    expect(selects({ code: ['4XX'] }, status(499))).toBe(true);
    expect(selects({ code: ['4xx'] }, status(500))).toBe(false);
    expect(selects({ code: ['-2xx', '-404'] }, status(404))).toBe(false);
    expect(selects({ code: ['1xx'] }, status(101))).toBe(true);
  });

  it('is none where there is no status', () => {
    expect(selects({ code: ['200'] }, { responseStatus: undefined })).toBe(false);
    expect(selects({ code: ['-200'] }, { responseStatus: undefined })).toBe(true);
  });

  it.each(['', 'teapot', '4', '40', '4x', '40x', '600', '099', '4xxx', '4**', '200 '])('%j is none', (value) => {
    expect(() => createSelector({ code: [value] }, NOW)).toThrow(
      new UsageError(`--code ${value}: not a status code (403) or a class of them (4xx)`),
    );
  });
});

describe('denied', () => {
  const denied = {
    responseStatus: { metadata: {}, code: 403 },
    annotations: { 'authorization.k8s.io/decision': 'forbid' },
  };

  it('is a switch with two sides', () => {
    expect(selects({ denied: true }, denied)).toBe(true);
    expect(selects({ denied: true })).toBe(false);
    expect(selects({ denied: false }, denied)).toBe(false);
    expect(selects({ denied: false })).toBe(true);
    expect(selects({ denied: undefined }, denied)).toBe(true);
  });

  it('counts 401 as well, and no other failure', () => {
    const answered = (code: number): Record<string, unknown> => ({
      responseStatus: { metadata: {}, code },
      annotations: {},
    });
    expect(selects({ denied: true }, answered(401))).toBe(true);
    expect(selects({ denied: true }, answered(404))).toBe(false);
    expect(selects({ denied: true }, answered(500))).toBe(false);
  });
});

describe('uri and user agent', () => {
  it('are globs over slashes', () => {
    expect(selects({ uri: ['/api/v1/*/db'] })).toBe(true);
    expect(selects({ uri: ['/api'] })).toBe(false);
    expect(selects({ uri: ['-*secrets*'] })).toBe(false);
    expect(selects({ 'user-agent': ['kubectl/*'] })).toBe(true);
    expect(selects({ 'user-agent': ['-kubectl*'] })).toBe(false);
    expect(selects({ 'user-agent': [''] }, { userAgent: undefined })).toBe(true);
  });
});

describe('since and until', () => {
  it('hold their own instant', () => {
    expect(selects({ since: '2026-02-22T10:15:30Z', until: '2026-02-22T10:15:30Z' })).toBe(true);
    expect(selects({ since: '2026-02-22T10:15:30.000001Z' })).toBe(false);
    expect(selects({ until: '2026-02-22T10:15:29.999999Z' })).toBe(false);
  });

  it('take ages', () => {
    expect(selects({ since: '45m' })).toBe(true);
    expect(selects({ since: '44m' })).toBe(false);
    expect(selects({ since: '1h', until: '30m' })).toBe(true);
  });

  it('leave out what has no time', () => {
    const timeless = { requestReceivedTimestamp: undefined, stageTimestamp: undefined };
    expect(selects({ since: '1970-01-01' }, timeless)).toBe(false);
    expect(selects({ until: '2200-01-01' }, timeless)).toBe(false);
    expect(selects({}, timeless)).toBe(true);
  });

  it('fall back on the time of the stage', () => {
    expect(selects({ since: '2026-02-22T10:15:30.004Z' }, { requestReceivedTimestamp: undefined })).toBe(true);
  });

  it('must not cross', () => {
    expect(() => createSelector({ since: '1h', until: '2h' }, NOW)).toThrow(
      new UsageError('--since is later than --until'),
    );
  });
});

// A day that is given as the end means all of that day to whoever types it; it ends at its first instant.
it('until a date holds that day', () => {
  expect(selects({ until: '2026-02-22' })).toBe(true);
});
