import { expect, it } from 'vitest';
import { isHumanForm, OUTPUT_FORMS, sinks } from '../../src/sinks/registry.ts';

it('names the forms in the order in which they are offered', () => {
  expect(OUTPUT_FORMS).toEqual(['table', 'wide', 'json', 'jsonl', 'csv', 'markdown']);
  expect(Object.keys(sinks)).toEqual(OUTPUT_FORMS);
});

it('knows which forms people read', () => {
  expect(OUTPUT_FORMS.filter(isHumanForm)).toEqual(['table', 'wide', 'markdown']);
});
