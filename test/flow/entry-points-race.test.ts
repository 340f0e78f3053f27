/** Many people, one approval, the same moment, and every door there is. */
import { expect, onTestFinished, test } from 'vitest';
import type { Decide } from '../../src/usecases/approvals/decide.js';
import type { Services } from '../support/services.js';
import { servicesWithSlack } from '../support/slack/services-with-slack.js';
import { gather, NAMES, together, violationsThroughEntryPoints } from './entry-points.js';
import { createReadThenWriteDecide } from './mutants.js';
import { PEOPLE } from './one-decision.js';

const ROUNDS = 5;

/** Each call is a round of twenty at a new request. */
async function ring(deciding: (services: Services) => Decide) {
  const change = (services: Services) => ({ decide: together(deciding(services)) });
  const scene = await servicesWithSlack({ users: NAMES, durable: true, change });
  onTestFinished(() => scene.close());
  const { services } = scene;
  await services.policy({ approvers: PEOPLE });
  const { caller } = await services.agent();
  const people = await gather(scene);
  return async () =>
    violationsThroughEntryPoints(scene, people, await services.ask(caller, { renew: true }));
}

test('twenty people who press Approve and Deny at the same moment, in Slack, over REST and on the command line, make one decision, and nineteen are told which', async () => {
  const round = await ring((services) => services.useCases.decide);
  for (let count = 0; count < ROUNDS; count += 1) expect(await round()).toEqual([]);
}, 60_000);

test('they would make several decisions if reading and writing were two steps', async () => {
  const round = await ring(createReadThenWriteDecide);
  expect(await round()).toContainEqual(
    expect.stringMatching(/^decisions: ([2-9]|1\d|20) instead of 1$/),
  );
}, 60_000);
