/** `vsecure demo`: the main job with nothing installed: embedded Postgres, a Slack look-alike in the browser, an example agent. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../config.js';
import { type Agent, connectAgent } from './demo/agent.js';
import { introduction } from './demo/messages.js';
import { APPROVER, OWNER, setScene, WANTED } from './demo/seed-data.js';
import {
  findLookAlike,
  LOOK_ALIKE_APP,
  type SlackLookAlike,
  startLookAlike,
} from './demo/slack-look-alike.js';
import { createDisposal, type Disposal } from './disposal.js';
import { createLogger } from './logger.js';
import { startServer } from './server.js';

const USERS = [
  { id: 'U01ALICE', name: 'alice', realName: 'Alice (approver)', email: APPROVER },
  { id: 'U02BOB', name: 'bob', realName: 'Bob (owns the agent)', email: OWNER },
];
const CHANNEL = { id: 'C01APPROVALS', name: 'approvals' };

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Runs until Ctrl-C. Everything it made goes with it: data folder, database, look-alike. */
export async function run(): Promise<number> {
  const log = createLogger('error');
  const disposal = createDisposal(log);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort());
  try {
    await play(disposal, log, stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    await disposal.run();
  }
}

async function play(
  disposal: Disposal,
  log: ReturnType<typeof createLogger>,
  signal: AbortSignal,
): Promise<void> {
  say('Starting an embedded PostgreSQL, vsecure and a Slack look-alike …');
  const dataDir = mkdtempSync(path.join(tmpdir(), 'vsecure-demo-'));
  disposal.add('data folder', () => rmSync(dataDir, { recursive: true, force: true }));
  const lookAlike = await openLookAlike(disposal);
  const server = await startServer(readConfig(environment(dataDir, lookAlike)), log);
  disposal.add('server', () => server.stop());
  const scene = await setScene(server.services.useCases);
  const agent = await connectAgent(server.url, scene.agentKey);
  disposal.add('agent', () => agent.close());

  const approval = await agent.ask(WANTED, 'Users cannot log in; checking the database connection');
  const { url } = server;
  const { approverKey } = scene;
  say(introduction({ url, slackUrl: lookAlike?.url, approval, approverKey }));
  await finish(agent, approval, signal);
  say('\nThe server keeps running. Press Ctrl-C to end it and remove everything.');
  if (!signal.aborted) await once(signal, 'abort');
}

async function openLookAlike(disposal: Disposal): Promise<SlackLookAlike | undefined> {
  const binary = findLookAlike();
  if (!binary) return undefined;
  const lookAlike = await startLookAlike({
    binary,
    mode: 'socket',
    users: USERS,
    channels: [CHANNEL],
  });
  disposal.add('look-alike', lookAlike.stop);
  return lookAlike;
}

/** The demo's own settings and nothing else: whatever the user has set for a real server stays out of it. */
function environment(dataDir: string, lookAlike: SlackLookAlike | undefined): NodeJS.ProcessEnv {
  const base = { VSECURE_DATA_DIR: dataDir, PORT: '0', VSECURE_ADMIN_EMAIL: 'admin@example.com' };
  if (!lookAlike) return base;
  return {
    ...base,
    SLACK_BOT_TOKEN: LOOK_ALIKE_APP.botToken,
    SLACK_APP_TOKEN: LOOK_ALIKE_APP.appToken,
    SLACK_CHANNEL: CHANNEL.id,
    // The scene makes the approver's key itself.
    VSECURE_HUMAN_KEYS: 'admin',
    SLACK_API_URL: lookAlike.apiUrl,
  };
}

async function finish(agent: Agent, approval: string, signal: AbortSignal): Promise<void> {
  const { status, decision_reason: reason } = await agent.wait(approval, signal);
  const because = reason ? ` (“${reason}”)` : '';
  say(`\nThe agent hears: ${status}${because}`);
  if (status !== 'approved') return say('It got no value, and it will not.');
  const { value, expires_at: until } = await agent.read(WANTED);
  say(`It reads the secret: ${value}`);
  say(`It can do so until ${until}. Every step is on the audit trail.`);
}
