/** Runs the seed's programs and commands. With `-u` this test writes their output to docs/from-the-samples.md. */

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { VSecureError } from '../../src/sdk/index.js';
import { temporaryFolder } from '../support/folder.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { DATABASE_URL } from '../support/services.js';
import { until } from '../support/until.js';
import { CUSTOM_SERVER, callAndDecide, startCustomServer } from './conversation.js';
import { pageOf, type Shown } from './page.js';
import { openWorkshop, sourceOf, type Workshop } from './sample-runner.js';
import {
  OLD_VALUE,
  openScene,
  requestRead,
  type Scene,
  setUpProduction,
  type Who,
} from './scene.js';
import { createStabilizer } from './stable-output.js';

const PROGRAMS = [
  'define-resources.ts',
  'auto-approval.ts',
  'conditional-approval.ts',
  'decide.ts',
  'access-patterns.ts',
  'least-privilege.ts',
  'limited-time.ts',
  'require-reason.ts',
  'watch-access.ts',
  'notify-by-email.ts',
  'notify-by-slack.ts',
  'notify-by-webhook.ts',
  CUSTOM_SERVER,
];
const PAGE = '../../docs/from-the-samples.md';

let workshop: Workshop;
let scene: Scene;
let mailbox: Mailbox;
const shown: Shown[] = [];
const stabilize = createStabilizer();

beforeAll(async () => {
  workshop = await openWorkshop(PROGRAMS);
});
/** Runs a sample, expects success, and resolves with its stdout. */
async function outputOf(sample: string, who: Who, ids: readonly string[] = []): Promise<string> {
  const { exit, stdout, stderr } = await workshop.start(sample, { env: scene[who].env, ids }).ended;
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return stdout;
}

/** Runs a command that shows the state of the server after the sample. */
async function screen(line: string, who: Who = 'admin'): Promise<[string, string]> {
  const { stdout } = await workshop.shell(line, scene[who].env).ended;
  return ['Afterwards:', stabilize(`$ ${line}\n${stdout}`)];
}

const printed = (output: string): [string, string] => ['It prints:', stabilize(output)];

describe('the seed sample', () => {
  beforeEach(async () => {
    mailbox = await openMailbox();
    scene = await openScene({ SMTP_URL: mailbox.url, MAIL_FROM: 'vsecure@example.com' });
  });
  afterEach(async () => {
    await scene[Symbol.asyncDispose]();
    await mailbox[Symbol.asyncDispose]();
  });

  test('claude-desktop.json starts the MCP server in Claude Desktop', async () => {
    const { mcpServers } = JSON.parse(sourceOf('claude-desktop.json'));
    const { command, args, env } = mcpServers.vsecure;
    expect(Object.keys(env)).toEqual(['VSECURE_API_KEY']);
    const client = new Client({ name: 'claude-desktop', version: '0' });
    const home = { HOME: temporaryFolder('home') };
    const surroundings = { ...workshop.environment, ...scene.agent.env, ...home };
    await client.connect(
      new StdioClientTransport({ command, args, env: surroundings, cwd: workshop.folder }),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('request-access');
    await client.close();
    shown.push(
      {
        sample: 'install.sh',
        title: 'Install the MCP server',
        about: 'Run on the machine of the AI tool.',
      },
      {
        sample: 'claude-desktop.json',
        title: 'Configure Claude Desktop',
        about: 'If the server is not at `http://127.0.0.1:3000`, also set `VSECURE_URL`.',
        seen: [['Claude gets these tools:', tools.map(({ name }) => name).join('\n')]],
      },
    );
  });

  test('define-resources.ts sets the policy', async () => {
    expect(await outputOf('define-resources.ts', 'admin')).toBe('');
    expect(await scene.admin.client.mcp.listResources()).toMatchObject([
      { requiresApproval: true, approvers: ['john@example.com', 'jane@example.com'] },
    ]);
    shown.push({
      sample: 'define-resources.ts',
      title: 'Define MCP resources',
      about: 'Run with the key of an administrator. It prints nothing.',
      seen: [await screen('vsecure mcp:resources')],
    });
  });

  test('auto-approval.ts makes matching requests granted without a person', async () => {
    expect(await outputOf('auto-approval.ts', 'admin')).toBe('');
    const access = await scene.agent.client.mcp.requestApproval({
      resource: 'vsecure://secrets/development/DATABASE_URL',
      operation: 'write',
      reason: 'Setting up a new machine',
    });
    expect(access.status).toBe('approved');
    shown.push({
      sample: 'auto-approval.ts',
      title: 'Auto-approval rules',
      about: 'Run with the key of an administrator. It prints nothing.',
      seen: [await screen('vsecure mcp:resources')],
    });
  });

  test('conditional-approval.ts sets a time window in its own zone, including daylight saving', async () => {
    expect(await outputOf('conditional-approval.ts', 'admin')).toBe('');
    const [policy] = await scene.admin.client.mcp.listResources();
    expect(policy?.autoApprove).toMatchObject({
      enabled: true,
      conditions: { requester: ['claude-desktop'], operations: ['read'] },
    });
    const explain = async (at: string) =>
      (
        await scene.admin.client.mcp.explainAccess({
          resource: DATABASE_URL,
          operation: 'read',
          as: 'claude-desktop',
          at,
        })
      ).outcome;
    expect(await explain('2026-07-01T16:30:00Z')).toBe('granted');
    expect(await explain('2026-07-01T15:30:00Z')).toBe('refused');
    shown.push({
      sample: 'conditional-approval.ts',
      title: 'Conditional approval',
      about:
        'Run with the key of an administrator. It prints nothing. Outside the time window a person must approve, so this policy or a broader one needs approvers.',
      seen: [await screen('vsecure mcp:resources')],
    });
  });

  test('approve-or-deny.sh lists requests, approves one and denies one', async () => {
    await setUpProduction(scene);
    const ids = [await requestRead(scene), await requestRead(scene, 'STRIPE_KEY')];
    const output = await outputOf('approve-or-deny.sh', 'alice', ids);
    const all = await scene.alice.client.mcp.listApprovals();
    expect(all.map(({ status, decisionReason }) => [status, decisionReason])).toEqual([
      ['denied', 'Use development environment instead'],
      ['approved', 'Legitimate debugging need'],
    ]);
    shown.push({
      sample: 'approve-or-deny.sh',
      title: 'CLI approval',
      about:
        'Run by Alice, with two pending requests: she approves the first and denies the second.',
      seen: [printed(output)],
    });
  });

  test('decide.ts lists pending requests and responds', async () => {
    await setUpProduction(scene);
    const id = await requestRead(scene);
    expect(await outputOf('decide.ts', 'alice', [id])).toBe('');
    expect(await scene.alice.client.mcp.getApproval(id)).toMatchObject({
      status: 'approved',
      granted: '1h',
      decisionReason: 'Legitimate debugging need',
    });
    shown.push({
      sample: 'decide.ts',
      title: 'API approval',
      about: 'Run by Alice, with one pending request. It prints nothing.',
      seen: [await screen('vsecure mcp:approvals', 'alice')],
    });
  });

  test('audit.sh shows all events, events by resource and events by time', async () => {
    await setUpProduction(scene);
    await scene.alice.client.mcp.approve(await requestRead(scene));
    const output = await outputOf('audit.sh', 'admin');
    const [all = '', narrowed = '', recent = ''] = output.split(/^\$ .*\n/m).slice(1);
    expect(all).toContain('policy_changed');
    expect(narrowed).toContain('access_granted');
    expect(recent).toBe(all);
    shown.push({
      sample: 'audit.sh',
      title: 'View MCP audit logs',
      about: 'Run with the key of an administrator, after one request was made and approved.',
      seen: [printed(output)],
    });
  });

  test('access-patterns.ts counts how often each resource was used', async () => {
    await setUpProduction(scene);
    for (const name of ['DATABASE_URL', 'STRIPE_KEY'])
      await scene.alice.client.mcp.approve(await requestRead(scene, name));
    for (let reads = 0; reads < 3; reads += 1) await scene.agent.client.secrets.get(DATABASE_URL);
    const output = await outputOf('access-patterns.ts', 'admin');
    expect(output).toContain(`${DATABASE_URL}: `);
    shown.push({
      sample: 'access-patterns.ts',
      title: 'Monitor access patterns',
      about:
        'Run with the key of an administrator, after the administrator stored DATABASE_URL and the AI tool read it three times.',
      seen: [printed(output), await screen('vsecure mcp:audit --group-by resource')],
    });
  });

  test('least-privilege.ts permits reading but not writing', async () => {
    expect(await outputOf('least-privilege.ts', 'admin')).toBe('');
    const input = { resource: DATABASE_URL, operation: 'write', reason: 'Trying a write' } as const;
    await expect(scene.agent.client.mcp.requestApproval(input)).rejects.toMatchObject({
      code: 'not_permitted',
    });
    shown.push({
      sample: 'least-privilege.ts',
      title: 'Principle of least privilege',
      about: 'Run with the key of an administrator. It prints nothing.',
      seen: [await screen('vsecure mcp:resources')],
    });
  });

  test('limited-time.ts approves access that ends automatically', async () => {
    await setUpProduction(scene);
    const id = await requestRead(scene);
    expect(await outputOf('limited-time.ts', 'alice', [id])).toBe('');
    const { grant } = await scene.agent.client.mcp.requestApproval({
      resource: DATABASE_URL,
      operation: 'read',
      reason: 'The same question once more',
    });
    const lasts = Date.parse(grant?.endsAt ?? '') - Date.parse(grant?.startsAt ?? '');
    expect(lasts).toBe(3_600_000);
    shown.push({
      sample: 'limited-time.ts',
      title: 'Time-limited access',
      about: 'Run by Alice, with one pending request. It prints nothing.',
      seen: [await screen('vsecure mcp:grants', 'agent')],
    });
  });

  test('require-reason.ts makes a short reason refused, with an error that says what is required', async () => {
    await setUpProduction(scene);
    expect(await outputOf('require-reason.ts', 'admin')).toBe('');
    const input = { resource: DATABASE_URL, operation: 'read', reason: 'Debugging it' } as const;
    const refused = await scene.agent.client.mcp.requestApproval(input).catch((error) => error);
    expect(refused).toBeInstanceOf(VSecureError);
    expect(refused.code).toBe('reason_too_short');
    shown.push({
      sample: 'require-reason.ts',
      title: 'Require justification',
      about: 'Run with the key of an administrator. It prints nothing.',
      seen: [['An AI tool that gives the reason “Debugging it” gets this error:', refused.message]],
    });
  });

  test('watch-access.ts reports unusual access', async () => {
    await setUpProduction(scene);
    const id = await requestRead(scene);
    await scene.alice.client.mcp.approve(id);
    const read = () => scene.agent.client.secrets.get(DATABASE_URL);
    for (let reads = 0; reads < 49; reads += 1) await read();
    expect(await outputOf('watch-access.ts', 'admin')).toBe('');
    await read();
    const output = await outputOf('watch-access.ts', 'admin');
    expect(output).toBe('Unusual MCP access detected\n');
    shown.push({
      sample: 'watch-access.ts',
      title: 'Monitor regularly',
      about:
        'Run with the key of an administrator, after a secret was written once and read 50 times. After 49 reads it prints nothing. [Alerts](alerts.md) do this automatically.',
      seen: [printed(output)],
    });
  });

  test('notify-by-email.ts sends only the chosen events by e-mail', async () => {
    expect(await outputOf('notify-by-email.ts', 'admin')).toBe('');
    await setUpProduction(scene);
    const id = await requestRead(scene);
    await scene.alice.client.mcp.approve(id);
    await until('two mails', () => mailbox.mails().length === 2);
    const mails = mailbox.mails().map((mail) => mail.replaceAll('\r\n', '\n'));
    for (const mail of mails) {
      expect(mail).toMatch(/^To: oncall@example\.com$/m);
      expect(mail).toContain(id);
      expect(mail).not.toContain(OLD_VALUE);
    }
    expect(mails[0]).toContain('Access was requested');
    expect(mails[1]).toContain('Access was granted');
    const text = mails[0]?.slice(mails[0].indexOf('\n\n') + 2) ?? '';
    shown.push({
      sample: 'notify-by-email.ts',
      title: 'Email notifications',
      about:
        'Run with the key of an administrator, where `SMTP_URL` and `MAIL_FROM` are set. It prints nothing.',
      seen: [
        await screen('vsecure notifications:list'),
        ['When the AI tool requests access, vsecure sends this e-mail:', stabilize(text)],
      ],
    });
  });

  test('notify-by-slack.ts saves the Slack receiver and never shows the webhook URL', async () => {
    expect(await outputOf('notify-by-slack.ts', 'admin')).toBe('');
    expect(await scene.admin.client.mcp.notifications()).toMatchObject({
      slack: { enabled: true, channel: '#security-approvals', origin: 'https://hooks.slack.com' },
    });
    shown.push({
      sample: 'notify-by-slack.ts',
      title: 'Slack notifications',
      about:
        'Run with the key of an administrator. It prints nothing. `events` is not set, so vsecure sends all events except reads of secrets. Slack posts in the channel that the incoming webhook was created for.',
      seen: [await screen('vsecure notifications:list')],
    });
  });

  test('notify-by-webhook.ts saves the webhook receiver, and its signing secret is shown once', async () => {
    expect(await outputOf('notify-by-webhook.ts', 'admin')).toBe('');
    const { webhook } = await scene.admin.client.mcp.notifications();
    expect(webhook).toMatchObject({ enabled: true, events: ['*'], origin: 'https://your-app.com' });
    expect(webhook).not.toHaveProperty('secret');
    shown.push({
      sample: 'notify-by-webhook.ts',
      title: 'Webhook notifications',
      about:
        'Run with the key of an administrator. It prints nothing. `configureNotifications` resolves with `webhook.secret`, the signing secret, only this once. If you missed it, `vsecure notifications:set webhook --rotate-secret` creates and prints a new one.',
      seen: [await screen('vsecure notifications:list')],
    });
  });

  test('not-connecting.sh shows why the MCP server does not connect', async () => {
    const home = { HOME: temporaryFolder('home') };
    await workshop.shell('mcp-server-vsecure', home).ended;
    const program = workshop.start('not-connecting.sh', { env: { ...scene.agent.env, ...home } });
    await until('the log', () => /VSECURE_API_KEY/.test(program.stdout().split('Scopes')[1] ?? ''));
    const { stdout } = await program.end('SIGTERM');
    shown.push({
      sample: 'not-connecting.sh',
      title: 'MCP server not connecting',
      about:
        'Run with the key of the AI tool, after the AI tool started the server without a key. On Linux the log is in `~/.local/state/vsecure/`; `--check` prints its path.',
      seen: [printed(stdout)],
    });
  });

  test('permission-denied.sh shows why a permission is missing', async () => {
    await setUpProduction(scene);
    await requestRead(scene);
    const output = await outputOf('permission-denied.sh', 'alice');
    expect(output).toContain('approvals:decide');
    shown.push({
      sample: 'permission-denied.sh',
      title: 'Permission denied',
      about: 'Run by Alice, with one pending request.',
      seen: [printed(output)],
    });
  });

  test('custom-server.ts reads and rotates a secret after Alice approves', async () => {
    await setUpProduction(scene);
    const client = await startCustomServer(workshop, scene);
    const approved = (tool: string) =>
      callAndDecide(workshop, scene, client, { tool, verdict: 'approve' });
    const read = await approved('read-secret');
    const rotated = await approved('rotate-secret');
    await client.close();
    expect([read.isError, rotated.isError]).toEqual([false, false]);
    shown.push({
      sample: CUSTOM_SERVER,
      title: 'Custom MCP server',
      about:
        'An AI tool starts it with its own key and calls both tools (`>`). It gets progress while it waits for Alice. `rotate-secret` reads the new value to return it, so without the earlier read grant it would rotate and then fail with `approval_required`.',
      seen: [['The conversation:', stabilize([...read.lines, '', ...rotated.lines].join('\n'))]],
    });
  });
});

test('docs/from-the-samples.md shows every sample with its output', async () => {
  await expect(pageOf(shown)).toMatchFileSnapshot(PAGE);
});
