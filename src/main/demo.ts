/** `vsecure demo`: shows a request, its approval and the read, with an embedded PostgreSQL, a Slack look-alike and an example agent. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../config.js';
import { type Agent, connectAgent } from './demo/agent.js';
import { introduction } from './demo/messages.js';
import { APPROVER, OWNER, seedDemo, WANTED } from './demo/seed-data.js';
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

const print = (line: string) => void process.stdout.write(`${line}\n`);

/** Runs until Ctrl-C, then removes everything it created: data folder, database and look-alike. */
export async function run(): Promise<number> {
  const log = createLogger('error');
  const disposal = createDisposal(log);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort());
  let exitCode = 0;
  const fail = () => {
    exitCode = 1;
    stop.abort();
  };
  try {
    await runDemo(disposal, log, stop.signal, fail);
    return exitCode;
  } catch (error) {
    if (stop.signal.aborted) return exitCode;
    throw error;
  } finally {
    await disposal.run();
  }
}

async function runDemo(
  disposal: Disposal,
  log: ReturnType<typeof createLogger>,
  signal: AbortSignal,
  onDatabaseLost: () => void,
): Promise<void> {
  print('Starting an embedded PostgreSQL, vsecure and a Slack look-alike …');
  const dataDir = mkdtempSync(path.join(tmpdir(), 'vsecure-demo-'));
  disposal.add('data folder', () => rmSync(dataDir, { recursive: true, force: true }));
  const lookAlike = await openLookAlike(disposal);
  const config = readConfig(environment(dataDir, lookAlike));
  const server = await startServer(config, log, onDatabaseLost);
  disposal.add('server', () => server.stop());
  const seed = await seedDemo(server.services.useCases);
  const agent = await connectAgent(server.url, seed.agentKey);
  disposal.add('agent', () => agent.close());

  const approval = await agent.ask(WANTED, 'Users cannot log in; checking the database connection');
  const { url } = server;
  const { approverKey } = seed;
  const program = process.argv[1] ?? 'vsecure';
  print(introduction({ url, slackUrl: lookAlike?.url, approval, approverKey, program }));
  await showOutcome(agent, approval, signal);
  print('\nThe server is still running. Use Ctrl-C to stop it and remove everything.');
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

/** Only the demo's own settings: environment variables for a real server do not apply. */
function environment(dataDir: string, lookAlike: SlackLookAlike | undefined): NodeJS.ProcessEnv {
  const base = { VSECURE_DATA_DIR: dataDir, PORT: '0', VSECURE_ADMIN_EMAIL: 'admin@example.com' };
  if (!lookAlike) return base;
  return {
    ...base,
    SLACK_BOT_TOKEN: LOOK_ALIKE_APP.botToken,
    SLACK_APP_TOKEN: LOOK_ALIKE_APP.appToken,
    SLACK_CHANNEL: CHANNEL.id,
    // The demo creates the approver's key itself.
    VSECURE_HUMAN_KEYS: 'admin',
    SLACK_API_URL: lookAlike.apiUrl,
  };
}

async function showOutcome(agent: Agent, approval: string, signal: AbortSignal): Promise<void> {
  const { status, decision_reason: reason } = await agent.wait(approval, signal);
  const suffix = reason ? ` (“${reason}”)` : '';
  print(`\nThe agent's request is ${status}${suffix}`);
  if (status !== 'approved') return print('The agent did not get the value.');
  const { value, expires_at: until } = await agent.read(WANTED);
  print(`The agent reads the secret: ${value}`);
  print(`The grant ends at ${until}. Every step is on the audit trail.`);
}
