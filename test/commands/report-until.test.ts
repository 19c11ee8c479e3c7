import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDays, type Days } from '../report/days.ts';

let days: Days;
beforeEach(() => {
  days = createDays();
});
afterEach(() => days.remove());

const read = (name: string, time: string) => {
  const objectRef = { resource: 'secrets', namespace: 'prod', name, apiVersion: 'v1' };
  return { id: name, received: time, written: time, fields: { objectRef, requestURI: `/${name}` } };
};
const found = async (options = {}): Promise<unknown[]> =>
  (await days.report(options)).report.findings.map(({ object }) => object?.name).sort();

// What lies behind --until was read, but not reported: the next report has to begin there.
it('a report with an end does not take what comes after it away from the next one', async () => {
  days.write(read('nine', '09:00'), read('ten', '10:00'), read('eleven', '11:00'));
  expect(await found({ until: '2026-02-20T09:30:00Z' })).toEqual(['nine']);
  expect(await found()).toEqual(['eleven', 'ten']);
});
