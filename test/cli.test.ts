import { expect, it } from 'vitest';
import { auditLine } from './audit-event.ts';
import { run } from './command-line.ts';

it('a fault of ours keeps its stack, and is no finding: it ends with 2', async () => {
  const fault = 'process.stdout.write = () => { throw new TypeError("a fault\\u001b[2J") }';
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
  const { stderr, exit } = await run(['detect', '-'], { env, stdin: `${auditLine()}\n` });
  expect(stderr).toMatch(/TypeError: a fault\\u001b\[2J\n\s+at /);
  expect(exit).toBe(2);
});

it('so does one that nobody waited for', async () => {
  const fault = 'process.stdout.write = () => setImmediate(() => { throw new TypeError("a fault") })';
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
  const { stderr, exit } = await run(['detect', '-'], { env, stdin: `${auditLine()}\n` });
  expect(stderr).toContain('TypeError: a fault\n');
  expect(exit).toBe(2);
});
