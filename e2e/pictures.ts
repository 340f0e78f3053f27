/** The pictures of the documentation, taken from the look-alike's page. `README_PICTURES=1` writes them; other runs compare their words. */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

/** Slack keeps the line breaks of plain text; the look-alike runs its lines together, and shows buttons under the pointer. */
const AS_SLACK = `
  .plain { white-space: pre-line }
  .msg-hover-actions { display: none }
  .modal-overlay { background: #fff }`;

/** The words in each picture, by its name. */
const WORDS = 'e2e/pictures.json';

/** A screenshot of the element: `docs/pictures/<name>.png`. Without `README_PICTURES`, its words must be those of the stored picture. */
export async function picture(name: string, element: Locator): Promise<void> {
  const page = element.page();
  await page.addStyleTag({ content: AS_SLACK });
  await page.mouse.move(0, 0);
  const words = withoutChance((await element.allInnerTexts()).join(' '));
  const stored: Record<string, string> = JSON.parse(readFileSync(WORDS, 'utf8'));
  if (!process.env['README_PICTURES'])
    return expect(words, `${name}: make the pictures again with README_PICTURES=1`).toBe(
      stored[name],
    );
  writeFileSync(WORDS, `${JSON.stringify({ ...stored, [name]: words }, null, 2)}\n`);
  await element.screenshot({ path: `docs/pictures/${name}.png`, animations: 'disabled' });
}

/** Times, ids, counts of a burst, and durations of a decision differ from run to run. */
const withoutChance = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?/g, '<time>')
    .replace(/\b\d\d:\d\d( [AP]M)?\b/g, '<time>')
    .replace(/\b(appr|grnt|prin|prsn|plcy)_\w+/g, '$1_')
    .replace(/\d+(\.\d+)? (min \d+ )?s\b/g, '<seconds>')
    .replace(/\b\d+ ((other )?requests|more)\b/g, '<n> $1')
    .replace(/SERVICE_\d+/g, 'SERVICE_<n>')
    .replace(/\b(key|admin-)( ?)[\w-]{7,10}(?= [·(])/g, '$1$2<id>')
    .replace('(edited)', '')
    // Only where the test was that quick.
    .replace(/Decided in under <seconds>: \d+/, '')
    .replace(/\s+/g, ' ')
    .trim();

/** As wide as on a telephone, in CSS pixels. The look-alike's own lists beside the channel do not fold. */
export const asOnTelephone = (message: Locator) =>
  message.evaluate((element) => element.setAttribute('style', 'width: 390px'));

/** From the top of the message to the lower edge of this button. */
export async function heightDownTo(message: Locator, button: string): Promise<number> {
  const [from, to] = await Promise.all([
    message.boundingBox(),
    message.getByRole('button', { name: button }).boundingBox(),
  ]);
  return (to?.y ?? 0) + (to?.height ?? 0) - (from?.y ?? 0);
}
