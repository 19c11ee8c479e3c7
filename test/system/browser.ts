import { accessSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

export async function openBrowser(): Promise<Browser> {
  try {
    accessSync(CHROMIUM);
  } catch {
    throw new Error(`these tests need ${CHROMIUM} (Debian: apt-get install chromium)`);
  }
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page, and all that it did beside being shown. */
export interface Watched {
  readonly page: Page;
  /** Messages, errors, dialogs, windows, and requests for anything but the page itself. */
  readonly incidents: string[];
}

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const incidents: string[] = [];
  page.on('console', (message) => incidents.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) incidents.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    incidents.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('popup', (popup) => incidents.push(`window: ${popup.url()}`));
  await page.goto(url);
  return { page, incidents };
}
