/** vsecure in Slack apart from the card, in a real browser: the form, the outcome, the answers, the Home, the digest. */

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserAvailable, openBrowser, type TestBrowser } from '../test/support/browser.js';
import { localSlackAvailable } from '../test/support/slack/local-slack.js';
import { asOnTelephone, picture } from './pictures.js';
import { ALICE, BOB, openWorkspace, type Workspace } from './workspace.js';

/** Higher than every picture: a longer message would be cut off by the page. */
const SIZE = { width: 960, height: 1400 };

const BURST = Array.from({ length: 16 }, (_, n) => `SERVICE_${n}_TOKEN`);

describe.runIf(localSlackAvailable() && browserAvailable())('in a browser', () => {
  let workspace: Workspace;
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    workspace = await openWorkspace({ mode: 'socket', value: 'postgres://app:hunter2@db' });
    for (const name of ['REDIS_URL', ...BURST])
      await workspace.services.secret('a value', `vsecure://secrets/production/${name}`);
    browser = await openBrowser();
    page = await browser.open(workspace.slack.url, SIZE);
    // Links Bob's account, so that he gets the messages about his keys.
    await workspace.slack.command(BOB, 'C01APPROVALS', 'whoami');
    await actAs('Bob Brown');
    await message('You are bob@example.com').waitFor();
    await actAs('Alice Anderson');
  });
  afterAll(async () => {
    await browser.close();
    await workspace.close();
  });

  const actAs = (label: string) => page.locator('.actas select').selectOption({ label });
  const open = (place: string) => page.locator('.sidebar-item').filter({ hasText: place }).click();
  const message = (text: string) => page.locator('.msg').filter({ hasText: text }).last();

  /** At the width of a telephone; the page gets its own width back. */
  const pictureOnTelephone = async (name: string, element: Locator) => {
    await asOnTelephone(element);
    await picture(name, element);
    await element.evaluate((one) => one.removeAttribute('style'));
  };

  test('alice approves for less time than requested, and the card shows the end, the reason and the revoke button', async () => {
    const { agent } = workspace;
    const id = await agent.ask('Users cannot log in since 09:12; checking the connection string');
    await workspace.card(id);
    await pictureOnTelephone('card', message(id.slice(0, 9)));
    await message(id.slice(0, 9)).getByRole('button', { name: 'Approve…' }).click();
    const form = page.locator('.modal');
    await form.locator('select').waitFor();
    expect(await form.textContent()).toContain('lets the AI tool see the value');
    await form.locator('select').selectOption({ label: '30 min' });
    await form.locator('.bk-plain-input').fill('Known incident INC-42');
    await picture('approve', form);
    await form.getByRole('button', { name: 'Approve', exact: true }).click();

    const card = message(id.slice(0, 9));
    await card.getByText('Approved: read production/DATABASE_URL').waitFor();
    await form.waitFor({ state: 'detached' });
    const words = await card.textContent();
    expect(words).toContain('Less than asked: 30\u00a0min of 1\u00a0hour');
    expect(words).toContain('Known incident INC-42');
    expect(await card.getByRole('button', { name: 'Revoke…' }).count()).toBe(1);
    await pictureOnTelephone('approved', card);
    expect((await agent.read()).isError).toBe(false);
    await card.getByText('What the AI tool has read stays known to it.').waitFor();
  });

  test('bob gets a direct message about his key’s request, with a button to suspend the key', async () => {
    await actAs('Bob Brown');
    await open('Bob Brown');
    const notice = message('used its access for the first time');
    await notice.waitFor();
    expect(await notice.getByRole('button', { name: 'Not me…' }).count()).toBe(1);
    await pictureOnTelephone('notice', notice);
    await open('approvals');
    await actAs('Alice Anderson');
  });

  test('alice lists audit events, and only she sees the answer', async () => {
    await workspace.slack.command(
      ALICE,
      'C01APPROVALS',
      'audit production/DATABASE_URL --since 24h',
    );
    const answer = message('Newest events');
    await answer.getByText('only visible to you').waitFor();
    const words = await answer.textContent();
    for (const event of ['approval_requested', 'approval_decided', 'secret_read'])
      expect(words).toContain(event);
    await picture('audit', answer);
  });

  test('alice’s Home shows pending requests and active grants', async () => {
    const { agent } = workspace;
    await agent.ask('Comparing the two environments', 'vsecure://secrets/production/REDIS_URL');
    await open('vsecure');
    const home = page.locator('main');
    await home.getByText('Pending for you: 1 request').waitFor();
    const words = await home.textContent();
    for (const part of [
      'Access in force: 1 grant',
      'Your last decisions',
      'Last 7 days',
      'Requests: 2',
    ])
      expect(words).toContain(part);
    await picture('home', home.locator('.blocks').first());
    await open('approvals');
  });

  test('many requests share one message, and its list is decided row by row', async () => {
    const { agent } = workspace;
    const asked = BURST.map((name) =>
      agent.ask('Setting up staging like production', `vsecure://secrets/production/${name}`),
    );
    await Promise.all(asked);
    const digest = message('Many requests arrived at once');
    await digest.getByRole('button', { name: 'Review…' }).waitFor();
    expect(await digest.textContent()).toMatch(/1[0-6] requests pending/);
    await pictureOnTelephone('digest', digest);
    await digest.getByRole('button', { name: 'Review…' }).click();
    const list = page.locator('.modal');
    await list.getByText('Pending requests').waitFor();
    await list.getByText(/pending · page 1 of 2/).waitFor();
  });
});
