/**
 * With a Slack workspace: from a committed request to the card that Slack has accepted, and what Slack costs a decision while a thousand
 * requests come in. Slack is an emulator in this process, so its work counts on both sides.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { VSecureClient } from '../src/sdk/index.js';
import { startServing } from '../test/http/serving.js';
import type { Services } from '../test/support/services.js';
import type { SlackCall } from '../test/support/slack/fault-proxy.js';
import {
  type ServicesWithSlack,
  servicesWithSlack,
} from '../test/support/slack/services-with-slack.js';
import { askThousand, WITHIN } from '../test/support/thousand-requests.js';
import { until } from '../test/support/until.js';
import { quantile, turns } from './measure.js';
import { line, title } from './report.js';
import { openDurable, type Stage } from './stage.js';
import { openBareNotify } from './wake-up.js';

const CARDS = 30;
/** Milliseconds. Messages in one channel keep a second apart: a request that comes sooner would wait for its turn. */
const APART = 1_100;
/** Decisions that are timed beside the load, one after the other, spread over its time. */
const SAMPLE = 11;

export async function benchSlack(stage: Stage): Promise<void> {
  const database = await openDurable();
  const scene = await servicesWithSlack({ users: ['alice'], database });
  await scene.services.policy();
  await benchCards(stage, scene);
  const withSlack = await decideBeside(scene.services, scene.url);
  await scene.close();
  const serving = await startServing(stage);
  const without = await decideBeside(stage, serving.server.url);
  await serving.close();
  title('a decision by REST while 1,000 requests come in within 10 s: without and with Slack (ms)');
  line('p50', without, withSlack, withSlack / without);
}

/** Milliseconds from the request's answer, which follows its COMMIT at once, until the answer of Slack to the card. */
async function benchCards(stage: Stage, { services, workspace }: ServicesWithSlack): Promise<void> {
  const bare = await openBareNotify(stage);
  const { caller } = await services.agent('carded');
  const { proxy, emulate } = workspace;
  const posts = () => proxy.callsOf('chat.postMessage');
  const lastAnswered = (after: number) =>
    until('the answer of Slack', () => posts()[after]?.answered);

  let asked = 0;
  let card: SlackCall['body'] = {};
  const taken = await turns(CARDS, {
    async card() {
      await sleep(APART);
      const before = posts().length;
      asked += 1;
      await services.ask(caller, { resources: [`vsecure://secrets/production/CARD_${asked}`] });
      const committed = performance.now();
      const answered = await lastAnswered(before);
      card = posts()[before]?.body ?? {};
      return answered - committed;
    },
    async bare() {
      const before = posts().length;
      const began = performance.now();
      const sent = await fetch(`${proxy.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${emulate.botToken}`,
          'content-type': 'application/json; charset=utf-8',
        },
        body: JSON.stringify(card),
      });
      if (!sent.ok) throw new Error(`the bare call was answered ${sent.status}`);
      return (await lastAnswered(before)) - began;
    },
    notify: bare.roundTrip,
  });
  await bare.close();
  title('request committed to card accepted by Slack, against NOTIFY and a bare Web API call (ms)');
  for (const share of [0.5, 0.99]) {
    const floor = quantile(taken.bare, share) + quantile(taken.notify, share);
    const subject = quantile(taken.card, share);
    line(`p${share * 100}`, floor, subject, subject / floor);
  }
}

/** The middle time (ms) of a decision beside the load. */
async function decideBeside(services: Services, url: string): Promise<number> {
  const { caller } = await services.agent('decided-beside');
  const { token } = await services.human('alice@example.com');
  const alice = new VSecureClient({ url, apiKey: token });
  const ids: string[] = [];
  for (let n = 0; n < SAMPLE; n += 1) {
    const resources = [`vsecure://secrets/production/BESIDE_${n}`];
    ids.push((await services.ask(caller, { resources })).id);
  }
  const load = askThousand(services, 'load');
  const times: number[] = [];
  for (const id of ids) {
    await sleep(WITHIN / (SAMPLE + 1));
    const began = performance.now();
    await alice.mcp.deny(id, { reason: 'Not today' });
    times.push(performance.now() - began);
  }
  await load;
  return quantile(times, 0.5);
}
