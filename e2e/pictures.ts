/** The pictures of the documentation, taken from the look-alike's page. Only `README_PICTURES=1` writes them. */

import type { Locator } from 'playwright-core';

/** Slack keeps the line breaks of plain text; the look-alike runs its lines together, and shows buttons under the pointer. */
const AS_SLACK = `
  .plain { white-space: pre-line }
  .msg-hover-actions { display: none }
  .modal-overlay { background: #fff }`;

/** A screenshot of the element: `docs/pictures/<name>.png`. */
export async function picture(name: string, element: Locator): Promise<void> {
  if (!process.env['README_PICTURES']) return;
  const page = element.page();
  await page.addStyleTag({ content: AS_SLACK });
  await page.mouse.move(0, 0);
  await element.screenshot({ path: `docs/pictures/${name}.png`, animations: 'disabled' });
}
