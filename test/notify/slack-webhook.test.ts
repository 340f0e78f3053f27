/** The messages of a Slack incoming webhook, and the addresses that it may have. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notification } from '../../src/domain/notification.js';
import { createEgress } from '../../src/notify/egress.js';
import { createCheckTarget, createSenders } from '../../src/notify/senders.js';
import { messageOf } from '../../src/notify/slack-webhook.js';
import { hostileText } from '../slack/hostile.js';
import { startReceiver } from '../support/receiver.js';

const NOTIFICATION: Notification = {
  id: `evt_${'0a'.repeat(16)}`,
  type: 'approval_requested',
  timestamp: '2026-11-29T09:00:00.000000Z',
  sequence: 17,
  event: 'approval_requested',
  actor: { kind: 'key', name: 'claude-desktop' },
  link: 'https://acme.slack.com/archives/C1/p1',
};

test('text of a person or an agent appears as plain text only, within Slack’s limits, and never in a phone’s notification', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (reason, name) => {
      const actor = { kind: 'key', name } as const;
      const { text, blocks } = messageOf({
        ...NOTIFICATION,
        actor,
        reason: `${reason} <!channel>`,
      });
      expect(text).toBe('vsecure: Access was requested');
      expect(JSON.stringify(blocks)).not.toContain('mrkdwn');
      for (const block of blocks)
        if ('text' in block) {
          expect(block.text.type).toBe('plain_text');
          expect(block.text.text.length).toBeLessThanOrEqual(3000);
        }
    }),
    { numRuns: 100 },
  );
});

test('many resources do not displace the other facts', () => {
  const resources = Array.from({ length: 20 }, () => `vsecure://secrets/${'a'.repeat(490)}`);
  const { blocks } = messageOf({ ...NOTIFICATION, resources, grant: 'grnt_1' });
  expect(JSON.stringify(blocks)).toMatch(/…\\n.*By: claude-desktop\\n.*Grant: grnt_1/);
});

test('the link opens the card, and no button of the message decides', () => {
  const actions = messageOf(NOTIFICATION).blocks.at(-1);
  expect(actions).toMatchObject({ elements: [{ type: 'button', url: NOTIFICATION.link }] });
  expect(JSON.stringify(actions)).not.toContain('action_id');
});

describe('an address of Slack or one that the operator allows', () => {
  const ALLOWED = ['https://slack.example.com/hooks'];
  const check = createCheckTarget(createEgress({ allowed: ALLOWED }), ALLOWED);

  test.each(['https://hooks.slack.com/services/T/B/x', 'https://slack.example.com/hooks/x'])(
    '%s is taken',
    (url) => expect(check('slack', url)).toBeUndefined(),
  );

  test.each([
    'https://example.com/services/T/B/x',
    'https://hooks.slack.com.example.com/x',
    'https://hooks.slack.com:8443/x',
    'https://slack.example.com.evil.example/hooks/x',
    'https://slack.example.com/other',
    'http://hooks.slack.com/services/T/B/x',
  ])('%s is refused', (url) => expect(check('slack', url)).toMatch(/^slack\.webhookUrl: must /));

  test('is checked again at every attempt, in case the operator’s settings changed', async () => {
    const receiver = await startReceiver();
    const egress = createEgress({ allowed: [receiver.url] });
    const send = createSenders(egress, undefined, []).slack?.({ webhookUrl: receiver.url });
    expect(await send?.(NOTIFICATION, new AbortController().signal)).toEqual({
      outcome: 'retry',
      error: 'forbidden_address',
    });
    expect(receiver.heard.size).toBe(0);
    await receiver.close();
  });
});
