import { describe, expect, it } from 'vitest';
import { containers, images, podSpec } from '../../src/event/pod-spec.ts';
import { eventOf } from '../audit-event.ts';

const spec = { hostPID: true, containers: [{ name: 'web', image: 'nginx' }] };
const template = { metadata: {}, spec };

const BODIES: readonly (readonly [resource: string, body: unknown])[] = [
  ['pods', { kind: 'Pod', spec }],
  ...['deployments', 'daemonsets', 'statefulsets', 'replicasets', 'replicationcontrollers', 'jobs'].map(
    (resource) => [resource, { spec: { replicas: 1, template } }] as const,
  ),
  ['cronjobs', { spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } } }],
  ['podtemplates', { template }],
  ['rollouts', { spec: { template } }],
  ['scaledjobs', { spec: { jobTemplate: { spec: { template } } } }],
];

const write = (resource: string, requestObject: unknown) => eventOf({ objectRef: { resource }, requestObject });

describe('the pod spec', () => {
  it.each(BODIES)('of %s is found', (resource, body) => {
    expect(podSpec(write(resource, body))).toEqual(spec);
    expect(images(write(resource, body))).toEqual(['nginx']);
  });

  it.each(BODIES)('of %s is found in a JSON Patch', (resource, body) => {
    const prefix = pathOf(body);
    const patch = [
      { op: 'replace', path: `${prefix}/hostPID`, value: true },
      { op: 'add', path: `${prefix}/containers/-`, value: { name: 'evil', image: 'miner' } },
      { op: 'add', path: `${prefix}/containers/0/securityContext/privileged`, value: true },
    ];
    const event = write(resource, patch);
    expect(podSpec(event)).toMatchObject({ hostPID: true });
    expect(images(event)).toEqual(['miner']);
    expect(containers(event)).toContainEqual({ securityContext: { privileged: true } });
  });

  it('is found where a JSON Patch moves it to from a place that nobody looks at', () => {
    const patch = [
      { op: 'add', path: '/parked', value: { name: 'evil', image: 'miner' } },
      { op: 'move', from: '/parked', path: '/spec/template/spec/containers/-' },
    ];
    expect(images(write('deployments', patch))).toEqual(['miner']);
  });

  it.each(['-', '0', '7', '-1', '+0', '01'])('has the container that a JSON Patch puts at the place %s', (place) => {
    const path = `/spec/template/spec/containers/${place}`;
    expect(images(write('deployments', [{ op: 'add', path, value: { image: 'miner' } }]))).toEqual(['miner']);
    const field = [{ op: 'replace', path: `${path}/securityContext/privileged`, value: true }];
    expect(containers(write('deployments', field))).toEqual([{ securityContext: { privileged: true } }]);
  });

  it('is found where a JSON Patch replaces the whole object', () => {
    expect(podSpec(write('pods', [{ op: 'replace', path: '', value: { spec } }]))).toEqual(spec);
  });

  it('of a merge patch is what the patch says', () => {
    expect(podSpec(write('deployments', { spec: { template: { spec: { hostNetwork: true } } } }))).toEqual({
      hostNetwork: true,
    });
    expect(podSpec(write('pods', { spec: { ephemeralContainers: [{ image: 'busybox' }] } }))).toBeDefined();
  });

  it.each([
    ['a secret', 'secrets', { spec }],
    ['a scale', 'deployments', { kind: 'Scale', spec: { replicas: 3 } }],
    ['a pod without a body', 'pods', undefined],
    ['a pod whose spec is null', 'pods', { spec: null }],
    ['a pod whose spec is a list', 'pods', { spec: [spec] }],
    ['a text', 'pods', 'spec'],
    ['a number', 'pods', 5],
    ['null', 'pods', null],
    [
      'a custom resource whose template holds no containers',
      'certificates',
      { spec: { template: { spec: { a: 1 } } } },
    ],
    ['nothing known', undefined, undefined],
  ])('%s has none', (_, resource, requestObject) => {
    const event = eventOf({ objectRef: { resource }, requestObject });
    expect(podSpec(event)).toBeUndefined();
    expect(containers(event)).toEqual([]);
    expect(images(event)).toEqual([]);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'of a resource named %s is no exception',
    (name) => {
      expect(podSpec(write(name, { spec: { template } }))).toEqual(spec);
    },
  );

  it('is not looked for in what every object inherits', () => {
    expect(podSpec(write('podtemplates', { template: {} }))).toBeUndefined();
    expect(podSpec(eventOf({ objectRef: { resource: 'pods' } }))).toBeUndefined();
  });
});

describe('containers', () => {
  it('are the ordinary, the init and the ephemeral ones', () => {
    const event = write('pods', {
      spec: {
        ephemeralContainers: [{ name: 'debug', image: 'c' }],
        initContainers: [{ name: 'init', image: 'b' }],
        containers: [{ name: 'web', image: 'a' }],
      },
    });
    expect(containers(event).map(({ name }) => name)).toEqual(['web', 'init', 'debug']);
    expect(images(event)).toEqual(['a', 'b', 'c']);
  });

  it('leave out what is no container, and images what is no name', () => {
    const event = write('pods', {
      spec: {
        containers: [null, 'x', 5, [], { name: 'a' }, { image: 5 }, { image: 'x' }],
        initContainers: { image: 'y' },
      },
    });
    expect(containers(event)).toEqual([{ name: 'a' }, { image: 5 }, { image: 'x' }]);
    expect(images(event)).toEqual(['x']);
  });
});

/** JSON Pointer of the pod spec in a body. */
function pathOf(body: unknown, path = ''): string {
  for (const [key, value] of Object.entries(body as Record<string, unknown>)) {
    if (value === spec) return `${path}/${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const found = pathOf(value, `${path}/${key}`);
      if (found !== '') return found;
    }
  }
  return '';
}
