/** Permissions by surface: every kind of account, tried at every place where a decision is possible. */

import type { ApprovalId } from '../../src/domain/approval.js';
import { explain } from '../../src/domain/refusal.js';
import { unwrap } from '../support/services.js';
import { findAction } from '../support/slack/card.js';
import type { Forgery } from '../support/slack/interactions.js';
import { asObject, asString, type JsonObject } from '../support/slack/json.js';
import type { SocketSlack } from '../support/slack/socket-driver.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { picked, typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';

const MEMBERS = 'E0ACME';
const GROUP = 'S01ONCALL';
const SISTER = 'T0SISTER';

export const SURFACES = ['button', 'submit', 'revoke', 'home'] as const;
type Surface = (typeof SURFACES)[number];

/** The effect of an attempt, or its refusal. `form`: a form was opened, and nothing else happened. */
export type Cell = 'form' | 'approved' | 'revoked' | (typeof REFUSALS)[number] | 'unexplained';

const REFUSALS = [
  'unverified_account',
  'person_inactive',
  'foreign_team',
  'not_an_approver',
  'own_request',
  'unknown_person',
  'not_found',
] as const;

/** A user, with their state in vsecure and in Slack at the moment of the interaction. */
export interface Account {
  readonly user: 'alice' | 'bob' | 'carol' | 'dora' | 'mallory';
  /** Slack's answer about the account. */
  readonly account?: (teamId: string) => JsonObject;
  /** Fields of the payload. */
  readonly payload?: Forgery;
  /** Fields of a slash command, which does not name its user's home workspace. */
  readonly command?: Forgery;
  /** Runs between the card and the interaction. */
  readonly beforeInteraction?: (scene: Scene) => Promise<void>;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/**
 * alice and bob may decide, and carol through a group; bob owns the requesting key; mallory is known, dora is not. The workspace
 * belongs to an organisation.
 */
export async function openStage(options: SceneOptions & { readonly socket?: SocketSlack } = {}) {
  const scene = await openScene(options);
  const { services, emulate, proxy } = scene;
  proxy.inject({
    method: 'auth.test',
    fault: 'json',
    json: (upstream: JsonObject) => ({ ...upstream, enterprise_id: MEMBERS }),
  });
  await scene.slack.start();
  await until('Slack', () => scene.slack.state() === 'ok');
  for (const name of ['alice', 'bob', 'carol', 'mallory'] as const) {
    const account = { teamId: emulate.teamId, userId: emulate.users[name] ?? '' };
    unwrap(
      await services.useCases.managePeople.link(services.admin, `${name}@example.com`, account),
    );
  }
  const approvers = ['alice@example.com', 'bob@example.com', GROUP];
  await services.policy({ approvers }, 'vsecure://secrets/matrix/*');
  return { ...scene, agent: await services.agent(), asked: 0 };
}

/** Sets the group's members to these. */
export const onCall = (
  { services, emulate }: Pick<Stage, 'services' | 'emulate'>,
  members: readonly string[],
) =>
  services.store.transaction((tx) =>
    tx.groups.save(
      emulate.teamId,
      GROUP,
      members.map((name) => emulate.users[name] ?? ''),
    ),
  );

export async function tryOut(stage: Stage, who: Account, surface: Surface): Promise<Cell> {
  await onCall(stage, ['carol']);
  const { id, card } = await askedFor(stage);
  const form = surface === 'submit' ? await openedBy(stage, 'alice', card) : {};
  const grant = surface === 'revoke' ? await grantOf(stage, id) : undefined;
  await who.beforeInteraction?.(stage);
  if (who.account)
    stage.proxy.inject(userBecomes(idOf(stage, who.user), who.account(stage.emulate.teamId)));
  try {
    if (surface === 'revoke') return await revoke(stage, who, grant ?? '');
    if (surface === 'submit') return await submit(stage, who, id, form);
    return surface === 'button'
      ? await click(stage, who, id, card)
      : await inHome(stage, who, id, card);
  } finally {
    stage.proxy.clearFaults();
    // A Home shows only so many requests.
    await stage.services.useCases.cancelRequest(stage.agent.caller, id);
  }
}

const idOf = ({ emulate }: Stage, name: string) => emulate.users[name] ?? name;
const standing = async ({ services }: Stage, id: ApprovalId) =>
  (await services.store.approvals.find(id))?.status;

async function askedFor(stage: Stage) {
  stage.asked += 1;
  const resources = [`vsecure://secrets/matrix/KEY${stage.asked}`];
  const { id } = await stage.services.ask(stage.agent.caller, { resources });
  return { id, card: await stage.card(id) };
}

async function grantOf({ services }: Stage, approval: ApprovalId): Promise<string> {
  const alice = await services.decider('alice@example.com');
  unwrap(await services.useCases.decide(alice, { approval, verdict: 'approve' }));
  return (await services.store.grants.ofApproval(approval))?.id ?? '';
}

const pressing = (stage: Stage, user: string, card: JsonObject, forgery: Forgery = {}) => ({
  user: idOf(stage, user),
  actionId: 'approve',
  value: asString(findAction(card, 'approve')?.['value']),
  ...forgery,
});

const clickCard = (stage: Stage, user: string, card: JsonObject, forgery: Forgery = {}) =>
  stage.driver.click({
    ...pressing(stage, user, card, forgery),
    channel: stage.emulate.channelId,
    messageId: asString(card['ts']),
  });

/** All answers of the bot, the newest last. */
const said = ({ proxy, sink }: Stage): readonly JsonObject[] => [
  ...['views.open', 'views.push', 'views.update'].flatMap((method) =>
    proxy.callsOf(method).map(({ body }) => body),
  ),
  ...sink.bodies,
];

/** The bot's answer to this interaction. */
async function answerTo(stage: Stage, interaction: () => Promise<unknown>): Promise<JsonObject> {
  const before = new Set(said(stage));
  await interaction();
  return until('an answer', () => said(stage).find((one) => !before.has(one)));
}

const isForm = (answer: JsonObject) =>
  asObject(answer['view'] ?? {})['callback_id'] === 'approve_form';

/** The form that this person's click opens. */
async function openedBy(stage: Stage, user: string, card: JsonObject): Promise<JsonObject> {
  const answer = await answerTo(stage, () => clickCard(stage, user, card));
  return asObject(answer['view']);
}

async function click(stage: Stage, { user, payload }: Account, id: ApprovalId, card: JsonObject) {
  const answer = await answerTo(stage, () => clickCard(stage, user, card, payload));
  return (await standing(stage, id)) === 'pending' ? meaning(answer) : 'unexplained';
}

async function submit(
  stage: Stage,
  { user, payload }: Account,
  id: ApprovalId,
  form: JsonObject,
): Promise<Cell> {
  const { body } = await stage.driver.submitView({
    user: idOf(stage, user),
    callbackId: asString(form['callback_id']),
    privateMetadata: asString(form['private_metadata']),
    values: {
      reason: { text: typed('Known incident') },
      duration: { choice: picked('1800000') },
    },
    ...payload,
  });
  return settled(stage, id, body);
}

async function settled(stage: Stage, id: ApprovalId, answer: unknown): Promise<Cell> {
  const status = await standing(stage, id);
  if (status === 'approved') return answer === '' ? 'approved' : 'unexplained';
  return status === 'pending' ? meaning(answer) : 'unexplained';
}

async function revoke(
  stage: Stage,
  { user, payload, command }: Account,
  grant: string,
): Promise<Cell> {
  const answer = await answerTo(stage, () =>
    stage.driver.command({
      user: idOf(stage, user),
      channel: stage.emulate.channelId,
      text: `revoke ${grant} The incident is over`,
      ...(command ?? payload),
    }),
  );
  const { items } = await stage.services.store.grants.list({}, { limit: 200 });
  const ended = items.find(({ id }) => id === grant)?.status === 'revoked';
  return ended ? 'revoked' : meaning(answer);
}

/** A forged button tries what this surface does not offer. */
async function inHome(stage: Stage, who: Account, id: ApprovalId, card: JsonObject): Promise<Cell> {
  const { user, payload } = who;
  const shown = stage.proxy.callsOf('views.publish').length;
  const opening = { type: 'app_home_opened', user: idOf(stage, user), channel: 'D0', tab: 'home' };
  await stage.driver.event(opening);
  const published = await until('a Home', () => stage.proxy.callsOf('views.publish')[shown]?.body);
  const offered = JSON.stringify(published).includes(id);
  const view = {
    id: 'V0HOME',
    type: 'home',
    team_id: stage.emulate.teamId,
    ...asObject(published['view']),
  };
  const answer = await answerTo(stage, () =>
    stage.driver.clickInView({ ...pressing(stage, user, card, payload), view }),
  );
  const cell = isForm(answer)
    ? await submit(stage, who, id, asObject(answer['view']))
    : meaning(answer);
  return offered === (cell === 'approved') ? cell : 'unexplained';
}

/** The refusal with this sentence. */
function meaning(answer: unknown): Cell {
  const object = asObject(answer);
  if (isForm(object)) return 'form';
  const text = JSON.stringify(object);
  return REFUSALS.find((code) => text.includes(explain({ code }))) ?? 'unexplained';
}

/** Slack's answer about a user whose home is a sister workspace, and who belongs to these workspaces. */
export const sister = (...teams: readonly string[]): JsonObject => ({
  team_id: SISTER,
  enterprise_user: { teams: [SISTER, ...teams] },
});

/** A payload's fields for a user whose home is a sister workspace. */
export const FROM_SISTER: Forgery = { userTeam: SISTER, enterprise: MEMBERS };
