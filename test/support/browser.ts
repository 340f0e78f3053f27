/** A real browser without a screen, for pages that a person would look at. */

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Quiet and offline: nothing but the page under test is ever asked for. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium to use, or undefined where there is none; `CHROMIUM_BIN` names another. */
export function browserAvailable(): string | undefined {
  const path = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
  return existsSync(path) ? path : undefined;
}

export interface TestBrowser {
  readonly browser: Browser;
  /** Opens `url` in a page of its own, with no cookies or storage of another. */
  readonly open: (url: string, size?: { width: number; height: number }) => Promise<Page>;
  readonly close: () => Promise<void>;
}

/** Starts Chromium with a profile of its own that goes away with it. Throws where there is none. */
export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = browserAvailable();
  if (!executablePath) throw new Error('no Chromium: install it or set CHROMIUM_BIN');
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    browser,
    open: async (url, viewport = { width: 1280, height: 800 }) => {
      // Times as vsecure's own texts have them, wherever the test runs.
      const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'UTC' });
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}
