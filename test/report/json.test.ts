import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import { HOSTILE, hostileText } from '../sinks/hostile.ts';
import { hostileReport, sampleReport } from './sample-report.ts';

/** Nothing of this may reach a terminal raw; line feeds are between tokens. */
const UNSEEN = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('renderJson', () => {
  it('is one document with a field on each line', () => {
    const text = renderJson(sampleReport({ title: 'Grüße \u202e', otherFindings: 3 }));
    expect(text).toMatch(/^\{\n {2}"auditscan": "report",\n {2}"version": 1,\n/);
    expect(text).toContain('\n  "title": "Grüße \\u202e",\n');
    expect(text).toContain('\n  "otherFindings": 3,\n');
    expect(text).toMatch(/[^\n]\n\}\n$/);
  });

  it('is the text that JSON.stringify indents where nothing has to be escaped', () => {
    const report = sampleReport();
    expect(renderJson(report)).toBe(`${JSON.stringify(report, undefined, 2)}\n`);
  });

  it.each([
    ['a believable report', sampleReport()],
    ['a hostile one', hostileReport()],
  ])('means the same after it was read: %s', (_name, report) => {
    const text = renderJson(report);
    // As texts, for a lone surrogate and a field called `__proto__` have to be there as well.
    expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(report));
    expect(text).not.toMatch(UNSEEN);
    expect(text.split('\n')).toHaveLength(JSON.stringify(report, undefined, 2).split('\n').length + 1);
  });

  it('means the same whatever a log says, and leaves nothing unseen', () => {
    const anyText = fc.oneof(hostileText, fc.constantFrom(...HOSTILE));
    const details = fc.dictionary(anyText, fc.anything({ key: anyText, values: [anyText, fc.integer()] }));
    fc.assert(
      fc.property(anyText, details, (title, given) => {
        // As a report holds them: undefined and the like is no data.
        const plain = JSON.parse(JSON.stringify(given)) as Record<string, unknown>;
        const report = sampleReport({
          title,
          findings: sampleReport()
            .findings.slice(0, 1)
            .map((finding) => ({ ...finding, details: plain })),
        });
        const text = renderJson(report);
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(report));
        expect(text).not.toMatch(UNSEEN);
      }),
    );
  });
});
