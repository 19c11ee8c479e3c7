import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { severityRank } from '../../src/detect/finding.ts';
import { renderHtml } from '../../src/report/html/page.ts';
import type { Report } from '../../src/report/model.ts';
import { forTerminal } from '../../src/sinks/escape.ts';
import { ROOT, run } from '../command-line.ts';
import { ATTACKS, hostileReport, sampleReport } from '../report/sample-report.ts';
import { openBrowser, openPage } from './browser.ts';
import { hostileLog } from './hostile-log.ts';

/** What the page is drawn from. */
const REPORTS = { sample: sampleReport(), hostile: hostileReport() };
/** Logs of which the program itself makes the page. */
const LOGS = ['incident', 'hostile-log'] as const;
type Name = keyof typeof REPORTS | (typeof LOGS)[number];
const NAMES: readonly Name[] = ['sample', 'hostile', ...LOGS];
const ROWS = REPORTS.sample.findings.length;
/** Groups of findings of each. */
const rows = new Map<Name, number>();

let folder: string;
let browser: Browser;

/** Opens a page, lets something happen to it, and then wants that it kept quiet. */
async function on(name: Name, use: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<void> {
  const { page, incidents } = await openPage(browser, pathToFileURL(join(folder, `${name}.html`)).href, options);
  await use(page);
  await page.context().close();
  expect(incidents).toEqual([]);
}

beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), 'auditscan-page-'));
  for (const [name, report] of Object.entries(REPORTS)) {
    await writeFile(join(folder, `${name}.html`), await renderHtml(report));
    rows.set(name as Name, report.findings.length);
  }
  await mkdir(join(folder, '<b>logs'));
  await writeFile(join(folder, '<b>logs/audit.log'), hostileLog(ATTACKS));
  const paths = { incident: join(ROOT, 'samples/incident'), 'hostile-log': join(folder, '<b>logs') };
  for (const name of LOGS) {
    const [page, data] = ['html', 'json'].map((ending) => join(folder, `${name}.${ending}`)) as [string, string];
    const made = await run(['report', paths[name], '-q', '--label', '<i>"', '--out', page, '--out', data]);
    expect(made).toEqual({ stdout: '', stderr: '', exit: 0 });
    rows.set(name, (JSON.parse(await readFile(data, 'utf8')) as Report).findings.length);
  }
}, 60_000);
afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** Texts of a column, top down, of the rows that are there to see. */
function column(page: Page, key: string): Promise<string[]> {
  return page
    .locator(`.findings tbody:visible .c-${key}`)
    .evaluateAll((cells) => cells.map((cell) => (cell.querySelector('.brief') ?? cell).textContent?.trim() ?? ''));
}

function values(page: Page, key: string): Promise<(number | null)[]> {
  return page
    .locator(`.findings tbody .c-${key}`)
    .evaluateAll((cells) =>
      cells.map((cell) => (cell.hasAttribute('data-v') ? Number(cell.getAttribute('data-v')) : null)),
    );
}

function visibleRows(page: Page): Promise<number> {
  return page.locator('.findings tbody:visible').count();
}

describe.each(NAMES)('the page of the %s report', (name) => {
  it('opens from disk and asks for nothing, in both themes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await on(
        name,
        async (page) => {
          const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
          const before = await ground();
          expect(before).toBe(colorScheme === 'light' ? 'rgb(244, 245, 247)' : 'rgb(15, 18, 22)');
          await page.getByRole('button', { name: colorScheme === 'light' ? 'Dark theme' : 'Light theme' }).click();
          expect(await ground()).not.toBe(before);
          await page.getByRole('button', { name: colorScheme === 'light' ? 'Light theme' : 'Dark theme' }).click();
          expect(await ground()).toBe(before);
          // Marks of charts take their colours from the theme.
          const fill = await page.evaluate("getComputedStyle(document.querySelector('.chart .bars path')).fill");
          expect(fill).toMatch(/^rgb\(/);
        },
        { colorScheme },
      );
    }
  });

  it('is no wider than the window, from a phone to a wide screen, all of it opened', async () => {
    await on(name, async (page) => {
      for (const isOpen of [false, true]) {
        await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = ${isOpen}`);
        for (const width of [360, 768, 1081, 1280, 1920]) {
          await page.setViewportSize({ width, height: 800 });
          expect(await page.evaluate('document.documentElement.scrollWidth'), `${width}`).toBe(width);
        }
      }
    });
  });

  it('shows all rows on paper, and all of their fields', async () => {
    await on(name, async (page) => {
      const rows = await visibleRows(page);
      await page.getByLabel('Filter', { exact: true }).fill('no finding has this');
      expect(await visibleRows(page)).toBe(0);
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      await expect.poll(() => page.locator('.c-details > details:not([open])').count()).toBe(0);
      expect(await visibleRows(page)).toBe(rows);
      expect(await page.locator('.findings .fields:visible').count()).toBe(rows);
      expect(await page.locator('#filters, nav, #theme').filter({ visible: true }).count()).toBe(0);
      expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 34, 44)');
      await page.emulateMedia({ media: 'screen' });
      await expect.poll(() => page.locator('.c-details > details[open]').count()).toBe(0);
    });
  });

  it('can be read without scripts', async () => {
    await on(
      name,
      async (page) => {
        expect(await visibleRows(page)).toBe(rows.get(name));
        // Nothing is there to press that would do nothing.
        expect(await page.locator('button, input').filter({ visible: true }).count()).toBe(0);
        const first = page.locator('.findings tbody').first();
        expect(await first.locator('.fields').isVisible()).toBe(false);
        await first.locator('summary').click();
        expect(await first.locator('.fields').isVisible()).toBe(true);
        expect(await page.locator('svg.chart:visible').count()).toBe(3);
      },
      { javaScriptEnabled: false },
    );
  });
});

/** In the page: what could only have come there by a text that was taken for more. */
const STRANGERS = `({
  scripts: document.scripts.length,
  styles: document.querySelectorAll('style, [style], link[rel=stylesheet]').length,
  strange: document.querySelectorAll(
    'img, iframe, object, embed, base, form, template, textarea, noscript, animate, use, image, foreignObject, video, audio',
  ).length,
  handlers: [...document.querySelectorAll('*')].filter((element) =>
    [...element.attributes].some(({ name }) => name.startsWith('on')),
  ).length,
  links: [...document.querySelectorAll('[href], [src]')]
    .map((link) => link.getAttribute('href') ?? link.getAttribute('src'))
    .filter((target) => !/^(#[a-z0-9-]+|data:,)$/.test(target)),
  comments: document.createTreeWalker(document, NodeFilter.SHOW_COMMENT).nextNode() === null,
})`;

describe('what stood in a log', () => {
  it('is text, and nothing else', async () => {
    await on('hostile-log', async (page) => {
      await page.getByRole('button', { name: 'Open all' }).click();
      const text = (await page.locator('main').textContent()) ?? '';
      const short = ATTACKS.filter((attack) => attack.length < 60 && attack.trim() !== '');
      for (const attack of short) expect(text).toContain(forTerminal(attack));
      const strangers = await page.evaluate(STRANGERS);
      expect(strangers).toEqual({ scripts: 1, styles: 1, strange: 0, handlers: 0, links: [], comments: true });
    });
  });
});

describe('what others wrote', () => {
  it('is text, and nothing else', async () => {
    await on('hostile', async (page) => {
      const texts = (await page.locator('.findings .c-title').allTextContents()).slice(1);
      const short = ATTACKS.filter((attack) => attack.length < 100 && attack.trim() !== '');
      for (const attack of short) expect(texts).toContain(forTerminal(attack));
      const strangers = await page.evaluate(STRANGERS);
      expect(strangers).toEqual({ scripts: 1, styles: 1, strange: 0, handlers: 0, links: [], comments: true });
    });
  });

  it('is text in charts and in what they say, too', async () => {
    await on('hostile', async (page) => {
      const names = await page.locator('.chart .names text').allTextContents();
      expect(names).toContain('<script>alert(1)</script>');
      expect(names.join()).toContain('zero\\u200bwidth');
      const mark = page.locator('.heat .tips path').nth(8);
      await mark.scrollIntoViewIfNeeded();
      await mark.hover();
      expect(await page.locator('#tip').textContent()).toMatch(/^.+, 08:00 to 09:00: [\d,]+ requests?$/);
    });
  });

  it('is not run when it is sorted, filtered and opened', async () => {
    await on('hostile', async (page) => {
      for (const button of await page.locator('.findings thead button').all()) await button.click();
      await page.getByRole('button', { name: 'Open all' }).click();
      const filter = page.getByLabel('Filter', { exact: true });
      for (const attack of ['<img src=x onerror=alert(1)>', '{{constructor', '(', '\\']) {
        await filter.fill(attack);
        expect(await page.locator('#status').textContent()).toMatch(/^\d+ of 36 rows shown$/);
      }
    });
  });
});

describe('sorting', () => {
  const NUMBERS = ['severity', 'first', 'last', 'count', 'new'];
  const TEXTS = ['title', 'actor', 'action', 'outcome', 'details'];

  it('by each column of numbers goes both ways', async () => {
    await on('sample', async (page) => {
      for (const key of [...NUMBERS, ...NUMBERS]) {
        const heading = page.locator(`.findings thead .c-${key}`);
        await heading.locator('button').click();
        const direction = await heading.getAttribute('aria-sort');
        expect(['ascending', 'descending']).toContain(direction);
        const all = await values(page, key);
        const numbers = all.filter((value) => value !== null);
        expect(numbers).toEqual(numbers.toSorted((a, b) => (direction === 'ascending' ? a - b : b - a)));
        // What has none comes last.
        expect(all.slice(0, numbers.length)).toEqual(numbers);
        expect(await page.locator('.findings [aria-sort]').count()).toBe(1);
      }
    });
  });

  it('by each column of texts goes both ways', async () => {
    await on('sample', async (page) => {
      for (const key of TEXTS.flatMap((text) => [text, text])) {
        const heading = page.locator(`.findings thead .c-${key}`);
        const before = await heading.getAttribute('aria-sort');
        await heading.locator('button').click();
        const direction = await heading.getAttribute('aria-sort');
        expect(direction).toBe(before === 'ascending' ? 'descending' : 'ascending');
        const texts = (await column(page, key)).map((text) => text.toLowerCase());
        const told = texts.filter((text) => text !== '–' && text !== 'all fields');
        const sorted = told.toSorted();
        expect(told).toEqual(direction === 'ascending' ? sorted : sorted.toReversed());
        expect(texts.slice(0, told.length)).toEqual(told);
      }
    });
  });

  it('begins with the worst, which the heading says', async () => {
    await on('sample', async (page) => {
      expect(await page.locator('.findings thead .c-severity').getAttribute('aria-sort')).toBe('descending');
      const ranks = REPORTS.sample.findings.map(({ severity }) => severityRank(severity));
      expect(await values(page, 'severity')).toEqual(ranks);
    });
  });
});

describe('filtering', () => {
  const status = (page: Page) => page.getByRole('status').textContent();

  it('by words finds what is in the row or its fields, and says how many', async () => {
    await on('sample', async (page) => {
      expect(await status(page)).toMatch(new RegExp(`^${ROWS} of ${ROWS} rows shown$`));
      const filter = page.getByLabel('Filter', { exact: true });
      await filter.fill('203.0.113.66 Python');
      expect(await column(page, 'title')).toEqual(['Many tokens were refused']);
      expect(await status(page)).toBe(`1 of ${ROWS} rows shown`);
      await filter.fill('nothing like that');
      expect(await visibleRows(page)).toBe(0);
      expect(await page.getByText('No finding matches these filters.').isVisible()).toBe(true);
      expect(await status(page)).toBe(`0 of ${ROWS} rows shown`);
    });
  });

  it('by severity, outcome and news, each alone and together', async () => {
    await on('sample', async (page) => {
      const { findings } = REPORTS.sample;
      const choose = (label: string, group?: string) =>
        (group ? page.getByRole('group', { name: group }) : page.locator('#filters'))
          .getByLabel(label, { exact: true })
          .click();
      const expectRows = async (count: number) => {
        expect(await visibleRows(page)).toBe(count);
        expect(await status(page)).toMatch(new RegExp(`^${count} of ${ROWS} rows shown$`));
      };
      await choose('critical', 'Severity');
      await expectRows(findings.filter(({ severity }) => severity === 'critical').length);
      await choose('low', 'Severity');
      const chosen = findings.filter(({ severity }) => severity === 'critical' || severity === 'low');
      await expectRows(chosen.length);
      await choose('denied', 'Outcome');
      await expectRows(chosen.filter(({ outcome }) => outcome === 'denied').length);
      await choose('denied', 'Outcome');
      await choose('critical', 'Severity');
      await choose('low', 'Severity');
      await choose('New only');
      await expectRows(findings.filter((finding) => (finding.new ?? 0) > 0).length);
    });
  });

  it('follows the numbers at the top', async () => {
    await on('sample', async (page) => {
      await page.getByRole('link', { name: /^\d+\s+high/ }).click();
      expect(new Set(await column(page, 'severity'))).toEqual(new Set(['high']));
      expect(page.url()).toMatch(/#findings$/);
    });
  });
});

describe('an actor', () => {
  it('is looked for among the findings, whatever was chosen before', async () => {
    await on('sample', async (page) => {
      await page.getByRole('link', { name: /^\d+\s+low/ }).click();
      const button = page.locator('.who').getByRole('button', { name: 'sa:staging/ci-runner' });
      await button.focus();
      await page.keyboard.press('Enter');
      expect(await page.getByLabel('Filter', { exact: true }).inputValue()).toBe('sa:staging/ci-runner');
      expect(await page.evaluate('document.activeElement.id')).toBe('status');
      const actors = await column(page, 'actor');
      expect(actors).toEqual(['sa:staging/ci-runner', 'sa:staging/ci-runner']);
      expect(await page.getByRole('status').textContent()).toBe(`2 of ${ROWS} rows shown`);
    });
  });

  it('is found by each of the buttons, whatever the name is', async () => {
    await on(
      'hostile',
      async (page) => {
        const buttons = page.locator('.who button');
        expect(await buttons.count()).toBe(10);
        for (const button of await buttons.all()) {
          await button.click();
          expect(await visibleRows(page)).toBeGreaterThan(0);
        }
      },
      { reducedMotion: 'reduce' },
    );
  });
});

describe('with the keyboard alone', () => {
  const focused = (page: Page) =>
    page.evaluate<string>('document.activeElement.textContent.trim() || document.activeElement.id');

  it('the first key skips to the findings, and the next go through them', async () => {
    await on('sample', async (page) => {
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to the findings');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('filter');
      for (let presses = 0; presses < 30 && (await focused(page)) !== 'Count'; presses++)
        await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Count');
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      expect(outline).toBe('solid');
      const heading = page.locator('.findings thead .c-count');
      await page.keyboard.press('Enter');
      expect(await heading.getAttribute('aria-sort')).toBe('descending');
      await page.keyboard.press('Space');
      expect(await heading.getAttribute('aria-sort')).toBe('ascending');
      expect(await focused(page)).toBe('Count');
      const details = page.locator('.findings tbody details').first();
      for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press('Tab');
        if (await details.locator('summary:focus').count()) break;
      }
      await page.keyboard.press('Enter');
      expect(await details.getAttribute('open')).toBe('');
    });
  });

  it('/ goes to the filter, and Escape clears it', async () => {
    await on('sample', async (page) => {
      await page.keyboard.press('/');
      expect(await focused(page)).toBe('filter');
      const filter = page.getByLabel('Filter', { exact: true });
      await page.keyboard.type('get /api');
      expect(await filter.inputValue()).toBe('get /api');
      expect(await visibleRows(page)).toBeLessThan(ROWS);
      await page.keyboard.press('Escape');
      expect(await filter.inputValue()).toBe('');
      expect(await visibleRows(page)).toBe(ROWS);
    });
  });

  it('what scrolls can be reached, and has a name', async () => {
    await on(
      'sample',
      async (page) => {
        const mute = await page.evaluate(`[...document.querySelectorAll('main *')]
          .filter((element) => element.scrollWidth > element.clientWidth + 1)
          .filter((element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
          .filter((element) => element.tabIndex !== 0 || !element.getAttribute('aria-label'))
          .map((element) => element.className)`);
        expect(mute).toEqual([]);
        // Nor is anything that does not.
        const idle = await page.evaluate(`[...document.querySelectorAll('.scroll[tabindex]')]
          .filter((element) => element.scrollWidth <= element.clientWidth)
          .map((element) => element.getAttribute('aria-label'))`);
        expect(idle).toEqual([]);
      },
      { viewport: { width: 360, height: 740 } },
    );
  });
});
