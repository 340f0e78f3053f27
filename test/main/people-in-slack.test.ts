/** Jobs of the running server: they notify owners, log suspensions, and stop the keys of deactivated Slack users. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '../support/services.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { until } from '../support/until.js';

let running: ServicesWithSlack;
beforeAll(async () => {
  running = await servicesWithSlack({ users: ['alice', 'bob', 'carol'] });
  const { services, workspace } = running;
  for (const name of ['bob', 'carol']) {
    const account = { teamId: workspace.emulate.teamId, userId: workspace.idOf(name) };
    unwrap(
      await services.useCases.managePeople.link(services.admin, `${name}@example.com`, account),
    );
  }
  await services.policy({ requiresApproval: false });
  await services.secret();
});
afterAll(() => running.close());

/** A key of this person's that reads a secret under a grant of its own. */
async function reading(name: string, owner: string) {
  const { services } = running;
  const { caller, token } = await services.agent(name, owner);
  const { resources } = await services.ask(caller);
  const [resource = ''] = resources;
  unwrap(await services.useCases.readSecret(caller, { resource }));
  return { caller, token };
}

const directTo = (user: string, words: string) =>
  until(`a direct message with "${words}"`, async () => {
    const { emulate, idOf } = running.workspace;
    const messages = await emulate.messages(await emulate.directMessages(idOf(user)));
    return messages.find((message) => JSON.stringify(message).includes(words));
  });

test('the owner is notified of the first use within seconds, and a suspension is logged as a warning', async () => {
  const { caller, token } = await reading('claude-desktop', 'bob@example.com');
  await directTo('bob', 'used its access for the first time');
  const answer = await fetch(`${running.url}/api/v1/keys/suspend`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${running.services.adminToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: caller.principal.name, reason: 'Not us' }),
  });
  expect(await answer.json()).toMatchObject({ name: 'claude-desktop', grantsRevoked: 1 });
  await directTo('bob', 'was suspended');
  expect(running.lines.filter(({ key }) => key === 'claude-desktop')).toMatchObject([
    { level: 40, grants: 1, requests: 0, resume: 'vsecure keys:resume claude-desktop' },
  ]);
  const refused = await fetch(`${running.url}/api/v1/whoami`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await refused.json()).toMatchObject({ status: 401, code: 'key_suspended' });
});

test('a key of a person who is deactivated in Slack stops working within a minute', {
  timeout: 70_000,
}, async () => {
  const { token } = await reading('cursor', 'carol@example.com');
  running.workspace.proxy.inject(userBecomes(running.workspace.idOf('carol'), { deleted: true }));
  const stopped = async () => !(await running.services.useCases.authenticate(token)).ok;
  await until('the key to stop', stopped, 60_000);
});
