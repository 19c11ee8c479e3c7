import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSteps } from '../../src/commands/next-steps.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { Finding } from '../../src/detect/finding.ts';

const detector = (id: string, next: string | undefined) => ({ id, file: { next } }) as unknown as Detector;
const group = (id: string, actor: string, object: object = {}) => ({
  finding: { id: '0123456789abcdef', detector: id, actor: { username: actor }, object } as unknown as Finding,
  count: 1,
  first: '2026-02-22T10:15:30.000001Z',
  last: '',
});

describe('the next steps', () => {
  it('have the values of the finding, and the paths that were read', () => {
    const next = 'auditscan query @exec --user <actor> --since <first>';
    expect(nextSteps([group('a', 'maria')], [detector('a', next)], ['my log', 'b.log'])).toEqual([
      "auditscan query @exec --user maria --since 2026-02-22T10:15:30Z 'my log' b.log",
    ]);
  });

  it('are one of each detector, three in all, each command once', () => {
    const detectors = ['a', 'b', 'c', 'd', 'e'].map((id) => detector(id, id === 'b' ? 'x a' : `x ${id}`));
    const groups = ['a', 'a', 'b', 'c', 'd', 'e'].map((id) => group(id, 'maria'));
    expect(nextSteps(groups, detectors, [])).toEqual(['x a', 'x c', 'x d']);
  });

  it.each(['', '-rf', 'a\u001b[2J', 'a\nb', '\u202egnp'])('leave out a step with the value %j', (actor) => {
    expect(nextSteps([group('a', actor)], [detector('a', 'x <actor>')], [])).toEqual([]);
  });

  it('leave out a step whose value is missing, and detectors without one', () => {
    const detectors = [detector('a', 'x <namespace>'), detector('b', undefined)];
    expect(nextSteps([group('a', 'maria'), group('b', 'maria')], detectors, [])).toEqual([]);
  });

  it('put paths that look like options behind two dashes', () => {
    expect(nextSteps([group('a', 'maria')], [detector('a', 'x')], ['-x.log'])).toEqual(['x -- -x.log']);
  });

  it('give a shell exactly the value, whatever it is', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', ' ', "'", '"', '$', '`', '\\', ';', '|', '(', '*', '!', '~', '#', '='),
    });
    fc.assert(
      fc.property(
        name.filter((text) => text !== ''),
        (text) => {
          const [step = ''] = nextSteps([group('a', 'maria', { name: text })], [detector('a', "x 'pre:<name>'")], []);
          const words = execFileSync('sh', ['-c', `printf '%s\\0' ${step}`])
            .toString()
            .split('\0');
          expect(words.slice(0, 2)).toEqual(['x', `pre:${text}`]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
