/** The card, its form and the outcome, as a person sees them in a real browser. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserAvailable, openBrowser, type TestBrowser } from '../test/support/browser.js';
import { localSlackAvailable } from '../test/support/slack/local-slack.js';
import { asOnTelephone, heightDownTo } from './pictures.js';
import { openWorkspace, type Workspace } from './workspace.js';

describe.runIf(localSlackAvailable() && browserAvailable())('in a browser', () => {
  let workspace: Workspace;
  let browser: TestBrowser;
  beforeAll(async () => {
    const value = 'postgres://app:hunter2@db/production';
    workspace = await openWorkspace({ mode: 'socket', value });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await workspace.close();
  });

  test('alice sees the request, approves it with a reason, and sees the outcome on the card', async () => {
    const { agent, slack } = workspace;
    const id = await agent.ask('Users cannot log in since 09:12; checking the connection string');
    await workspace.card(id);
    const waiting = agent.wait(id);
    const page = await browser.open(slack.url, { width: 960, height: 900 });
    const message = page.locator('.msg').filter({ hasText: id.slice(0, 9) });
    await message.getByRole('button', { name: 'Approve…' }).waitFor();
    const card = await message.textContent();
    for (const fact of [
      'Read production/DATABASE_URL for 1',
      'claude-desktop',
      'bob@example.com',
      'lets the AI tool see the value',
      'Users cannot log in since 09:12',
    ])
      expect(card).toContain(fact);
    // A mention once her account is linked, her address before.
    expect(card).toMatch(/alice/i);
    await asOnTelephone(message);
    expect(await heightDownTo(message, 'Details…')).toBeLessThanOrEqual(400);

    await page.locator('.actas select').selectOption({ label: 'Alice Anderson' });
    await message.getByRole('button', { name: 'Approve…' }).click();
    const form = page.locator('.modal');
    await form.locator('input, textarea').first().fill('Known incident INC-42');
    await form.getByRole('button', { name: 'Approve', exact: true }).click();

    await message.getByText('Approved: read production/DATABASE_URL').waitFor();
    await form.waitFor({ state: 'detached' });
    expect(await message.textContent()).toContain('Known incident INC-42');
    expect(await message.getByRole('button', { name: 'Approve…' }).count()).toBe(0);
    expect(await waiting).toMatchObject({
      status: 'approved',
      decision_reason: 'Known incident INC-42',
    });
    expect((await agent.read()).isError).toBe(false);
  });

  test('bob cannot approve a request of his own key', async () => {
    const { agent, slack } = workspace;
    const id = await agent.ask('Bob would like to be quick about this');
    await workspace.card(id);
    const page = await browser.open(slack.url, { width: 1100, height: 900 });
    await page.locator('.actas select').selectOption({ label: 'Bob Brown' });
    const message = page.locator('.msg').filter({ hasText: id.slice(0, 9) });
    await message.getByRole('button', { name: 'Approve…' }).click();
    await page.getByText('This request comes from a key that you own').waitFor();
    expect(await page.locator('.modal').count()).toBe(0);
    expect(await message.getByRole('button', { name: 'Approve…' }).count()).toBe(1);
  });
});
