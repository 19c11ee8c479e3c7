import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lookWhile } from '../../src/commands/follow-input.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('what is due is looked at every second, and what is waited for is asked once', async () => {
  let give = (): void => {};
  const next = new Promise<void>((resolve) => {
    give = resolve;
  });
  const asked = vi.spyOn(next, 'then');
  const look = vi.fn(async () => {});
  const waiting = lookWhile(next, look);
  await vi.advanceTimersByTimeAsync(100_500);
  expect(look).toHaveBeenCalledTimes(100);
  expect(asked).toHaveBeenCalledTimes(1);
  give();
  await waiting;
  expect(vi.getTimerCount()).toBe(0);
  expect(look).toHaveBeenCalledTimes(100);
});

it('what fails is waited for no longer, and is left to who asked', async () => {
  const next = Promise.reject(new Error('gone'));
  await lookWhile(next, async () => {});
  await expect(next).rejects.toThrow('gone');
});

it('a look that fails is told', async () => {
  const waiting = lookWhile(new Promise(() => {}), () => Promise.reject(new Error('full')));
  const failure = expect(waiting).rejects.toThrow('full');
  await vi.advanceTimersByTimeAsync(1_000);
  await failure;
});
