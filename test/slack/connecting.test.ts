/** What the server does when Slack is reached for the first time. */
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { type ConnectedSlack, connectSlack } from '../../src/main/slack.js';
import { createJobRuns } from '../../src/store/job-runs.js';
import { sqlOn } from '../../src/store/sql.js';
import type { UseCases } from '../../src/usecases/index.js';
import { buildServices } from '../support/services.js';
import { openWorkspace } from '../support/slack/workspace.js';
import { until } from '../support/until.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing.length = 0;
});

async function connected(change: (useCases: UseCases) => Partial<UseCases> = () => ({})) {
  const workspace = await openWorkspace(['alice']);
  closing.push(workspace.close);
  let slack: ConnectedSlack | undefined;
  const services = await buildServices({
    onDelivery: () => slack?.worker.poke(),
    change: (parts) => ({ ...parts, directory: () => slack?.directory }),
  });
  closing.push(services.close);
  const log: string[] = [];
  const say = (fields: object, message: string) => void log.push(message, JSON.stringify(fields));
  const { dataSource } = services.database;
  const jobRuns = createJobRuns(dataSource, 'a test');
  slack = connectSlack(
    readConfig({ ...workspace.env }),
    {
      ...services,
      useCases: { ...services.useCases, ...change(services.useCases) },
      dataSource,
      jobRuns,
    },
    { info: say, warn: say, error: say },
  );
  if (!slack) throw new Error('Slack is configured');
  const { start, stop } = slack;
  closing.push(() => stop(1000));
  return { workspace, services, start, log };
}

test('when Slack is connected, approvers of existing policies are linked and everything that is due is delivered', async () => {
  const { workspace, services, start } = await connected();
  await services.policy();
  const { id } = await services.ask((await services.agent()).caller);
  const alice = () => services.store.people.byEmail('alice@example.com');
  expect((await alice())?.slack).toEqual([]);
  await start();
  const person = await until('a link', async () => {
    const found = await alice();
    return found?.slack.length === 1 ? found : undefined;
  });
  expect(person.slack).toEqual([
    { teamId: workspace.emulate.teamId, userId: workspace.idOf('alice') },
  ]);
  await until('a card', () => services.cards.find(id));
  const messages = await until('both messages', async () => {
    const all = await workspace.emulate.messages();
    return all.length === 2 ? all : undefined;
  });
  const text = JSON.stringify(messages);
  expect(text).toContain(`Policy loosened by ${services.admin.principal.name}.`);
  expect(text).toContain('Approval needed');
});

test('an API other than Slack’s gets times in UTC instead of Slack’s date tokens', async () => {
  const { workspace, services, start } = await connected();
  await services.policy();
  await start();
  await services.ask((await services.agent()).caller);
  const card = await until('a card', async () =>
    (await workspace.emulate.messages()).find((one) =>
      JSON.stringify(one).includes('Decide before'),
    ),
  );
  expect(JSON.stringify(card)).toMatch(/Decide before \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  expect(JSON.stringify(card)).not.toContain('<!date');
});

test('approvers that cannot be looked up delay no card, and the log says so', async () => {
  const { workspace, services, start, log } = await connected(() => ({
    refreshApprovers: async () => {
      throw new Error('the database is away');
    },
  }));
  await services.policy();
  await start();
  await services.ask((await services.agent()).caller);
  await until('a card', async () =>
    (await workspace.emulate.messages()).some((one) =>
      JSON.stringify(one).includes('Decide before'),
    ),
  );
  expect(log).toContain("approvers' Slack accounts could not be linked");
});

test('a page that answers instead of Slack is neither logged nor stored', async () => {
  const { workspace, services, start, log } = await connected();
  const page = '<!DOCTYPE html><html><body>CANARY-of-a-page <b>503</b></body></html>';
  workspace.proxy.inject({ method: 'auth.test', fault: 'error', error: page });
  workspace.proxy.inject({ method: 'chat.postMessage', fault: 'error', error: page, times: 2 });
  await services.policy();
  await start();
  await until('a first answer', () => log.some((line) => line.includes('"code":"unknown"')));
  const { id } = await services.ask((await services.agent()).caller);
  await until('a card', () => services.cards.find(id), 30_000);
  const stored = await sqlOn(services.database.dataSource)('select last_error from delivery');
  expect(JSON.stringify([log, stored])).not.toMatch(/CANARY|<html|DOCTYPE/);
});
