/** Many people decide one approval at the same moment through every entry point. */
import { expect, onTestFinished, test } from 'vitest';
import type { Decide } from '../../src/usecases/approvals/decide.js';
import type { Services } from '../support/services.js';
import { servicesWithSlack } from '../support/slack/services-with-slack.js';
import { createReadThenWriteDecide } from './broken-decide.js';
import { gather, NAMES, together, violationsThroughEntryPoints } from './entry-points.js';
import { PEOPLE } from './race-deciders.js';

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

test('twenty people who approve and deny at the same moment in Slack, over REST and on the command line make one decision, and nineteen learn it', async () => {
  const round = await ring((services) => services.useCases.decide);
  for (let count = 0; count < ROUNDS; count += 1) expect(await round()).toEqual([]);
}, 60_000);

test('without an atomic update, concurrent votes through several entry points would make several decisions', async () => {
  const round = await ring(createReadThenWriteDecide);
  expect(await round()).toContainEqual(
    expect.stringMatching(/^decisions: ([2-9]|1\d|20) instead of 1$/),
  );
}, 60_000);
