/** A refused interaction in Slack is explained where the person looks, recorded once, and changes nothing. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import type { Caller } from '../../src/domain/rights.js';
import type { EventType, RefusalCode } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import { brokenInvariants } from '../support/invariants.js';
import { unwrap } from '../support/services.js';
import type { Forgery } from '../support/slack/interactions.js';
import type { JsonObject } from '../support/slack/json.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { until } from '../support/until.js';

let scene: ServicesWithSlack;
let agent: Caller;
beforeAll(async () => {
  scene = await servicesWithSlack({ users: ['alice', 'bob', 'mallory', 'nobody'] });
  const { services } = scene;
  agent = (await services.agent('claude-desktop', 'bob@example.com')).caller;
  // The owner of a key is linked when the key is made.
  for (const name of ['alice', 'mallory']) await link(name);
  await services.policy({}, UNTOUCHED);
});
async function link(name: string) {
  const { services, workspace } = scene;
  const email = `${name}@example.com`;
  await services.person(email);
  const account = { teamId: workspace.emulate.teamId, userId: workspace.idOf(name) };
  unwrap(await services.useCases.managePeople.link(services.admin, email, account));
}
afterEach(() => scene.workspace.proxy.clearFaults());
afterAll(() => scene.close());

type Interaction = 'button' | 'form';

interface Refused {
  /** The person or the earlier event, for the title. */
  readonly when: string;
  readonly by?: string;
  /** The interactions; by default only the form. */
  readonly with?: readonly Interaction[];
  readonly code: RefusalCode;
  readonly words: RegExp;
  /** Who is on record: a person's address, or a Slack account. */
  readonly actor?: string;
  readonly type?: EventType;
  readonly forgery?: Forgery;
  /** What Slack says about them. */
  readonly is?: JsonObject;
  readonly before?: (approval: Approval) => unknown;
}

const BOTH = ['button', 'form'] as const;

const REFUSED: readonly Refused[] = [
  {
    when: 'after expiry',
    with: BOTH,
    code: 'expired',
    words: /expired.*not denied/,
    before: ({ id }) => expired(id),
  },
  {
    when: 'after cancel',
    with: BOTH,
    code: 'already_decided',
    words: /already cancelled/,
    before: ({ id }) => scene.services.useCases.cancelRequest(agent, id),
  },
  {
    when: 'after another person',
    with: BOTH,
    code: 'already_decided',
    words: /already denied/,
    before: async ({ id }) =>
      unwrap(
        await scene.services.useCases.decide(await scene.services.decider('bob@example.com'), {
          approval: id,
          verdict: 'deny',
          reason: 'I never asked for this',
        }),
      ),
  },
  {
    when: 'by the requester’s owner',
    by: 'bob',
    with: BOTH,
    code: 'own_request',
    words: /a key that you own/,
  },
  {
    when: 'by a non-approver',
    by: 'mallory',
    with: BOTH,
    code: 'not_an_approver',
    words: /not one of the approvers/,
  },
  {
    when: 'by a member who is unknown to vsecure',
    by: 'nobody',
    with: BOTH,
    code: 'unknown_person',
    words: /not linked to a person/,
  },
  {
    when: 'from another team',
    with: BOTH,
    code: 'foreign_team',
    words: /a different workspace/,
    type: 'foreign_request',
    forgery: { team: 'T0OTHER' },
  },
  {
    when: 'by a user of another team in a shared channel',
    with: BOTH,
    code: 'foreign_team',
    words: /a different workspace/,
    type: 'foreign_request',
    forgery: { userTeam: 'T0OTHER' },
  },
  {
    when: 'by a user who Slack says is of another team',
    is: { team_id: 'T0OTHER', is_stranger: true },
    code: 'foreign_team',
    words: /a different workspace/,
  },
  {
    when: 'by a guest',
    is: { is_restricted: true },
    code: 'unverified_account',
    words: /Only full members/,
  },
  {
    when: 'by a single-channel guest',
    is: { is_ultra_restricted: true },
    code: 'unverified_account',
    words: /Only full members/,
  },
  {
    when: 'by a deactivated user',
    is: { deleted: true },
    code: 'person_inactive',
    words: /deactivated/,
  },
  {
    when: 'by a bot',
    is: { is_bot: true },
    code: 'unverified_account',
    words: /Only full members/,
  },
  {
    when: 'by a member with an unconfirmed address',
    is: { is_email_confirmed: false },
    code: 'unverified_account',
    words: /Only full members/,
  },
  {
    when: 'on a card whose policy changed since',
    code: 'policy_changed',
    words: /changed while the form was open.*max duration: 8h → 30m/,
    before: async ({ resources: [resource = ''] }) =>
      scene.services.policy({ maxDuration: HOUR / 2, defaultDuration: 10 * MINUTE }, resource),
  },
];

const CASES = REFUSED.flatMap((refused) =>
  (refused.with ?? ['form']).map(
    (interaction) => [`${interaction} ${refused.when}`, { ...refused, interaction }] as const,
  ),
);
const UNTOUCHED = 'vsecure://secrets/untouched/KEY';
let cases = 0;

/** A request under a policy of its own where something happens to it first; else the one that stays as it is. */
async function ask({ before }: Refused): Promise<Approval> {
  if (!before) return scene.services.ask(agent, { resources: [UNTOUCHED] });
  cases += 1;
  const resource = `vsecure://secrets/case-${cases}/KEY`;
  await scene.services.policy({}, resource);
  return scene.services.ask(agent, { resources: [resource] });
}

test.each(CASES)(
  'a vote through the entry point is refused, explained and recorded: %s',
  async (_, refused) => {
    const { services, workspace, hands } = scene;
    const { by = 'alice', code, words, interaction, forgery, type = 'decision_refused' } = refused;
    const approval = await ask(refused);
    const card = await hands.card(approval.id);
    // It opens for people who may decide.
    const form = await hands.openForm('alice', approval.id, 'approve');
    await refused.before?.(approval);
    if (refused.is) workspace.proxy.inject(userBecomes(workspace.idOf(by), refused.is));
    const { sequence, ...before } = await stateOf(approval);
    const hears = listening();

    const delivery =
      interaction === 'form'
        ? await hands.submit(by, form, { reason: 'fine with me' }, forgery)
        : (await hands.clickOn(card, by, 'approve', forgery)).delivery;

    expect(delivery.status).toBe(200);
    await until(`the words ${words}`, () => words.test(`${said(delivery.body)} ${hears()}`));
    const events = await until('a record', () => recordedSince(sequence));
    expect(events).toEqual([
      expect.objectContaining({ type, refusal: code, ...whoIs(refused, by) }),
    ]);
    if (type === 'decision_refused')
      expect(events[0]).toMatchObject({ approval: approval.id, entryPoint: 'slack' });
    expect(await stateOf(approval)).toMatchObject(before);
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  },
);

/** Resolves when the sweeper, which runs beside this, has had its turn. */
async function expired(id: Approval['id']) {
  const { useCases, store, database } = scene.services;
  await sqlOn(database.dataSource)(
    `update approval set created_at = clock_timestamp() - interval '2 hours',
       expires_at = clock_timestamp() where id = $1`,
    [id],
  );
  await until('the expiry', async () => {
    await useCases.expireApprovals();
    return (await store.approvals.find(id))?.status === 'expired';
  });
}

/** A linked person is recorded by name, every other account by its Slack id. */
function whoIs({ code, forgery }: Refused, by: string) {
  const { emulate, idOf } = scene.workspace;
  if (forgery) return { actor: { kind: 'stranger', id: `T0OTHER/${idOf(by)}`, name: idOf(by) } };
  if (code === 'unknown_person')
    return { actor: expect.objectContaining({ id: `${emulate.teamId}/${idOf(by)}` }) };
  return { actor: expect.objectContaining({ kind: 'person', name: `${by}@example.com` }) };
}

/** The state that a refused interaction must not change. */
async function stateOf({ id }: Approval) {
  const { store } = scene.services;
  const [newest] = (await store.audit.list({}, { limit: 1 })).items;
  return {
    status: (await store.approvals.find(id))?.status,
    votes: await store.approvals.votes(id),
    grants: (await store.grants.list({}, { limit: 100 })).items,
    sequence: newest?.sequence ?? 0,
  };
}

/** The refusals that were recorded since then; undefined while there are none. */
async function recordedSince(sequence: number) {
  const { items } = await scene.services.store.audit.list({}, { limit: 10 });
  const refusals = items.filter((event) => event.sequence > sequence && event.refusal);
  return refusals.length > 0 ? refusals : undefined;
}

/** Everything shown to a user from now on except the HTTP answer: a modal or an ephemeral message. */
function listening(): () => string {
  const { proxy, sink } = scene.workspace;
  const views = proxy.callsOf('views.open').length;
  const heard = sink.bodies.length;
  return () =>
    [
      ...proxy
        .callsOf('views.open')
        .slice(views)
        .map(({ body }) => said(body['view'])),
      ...sink.bodies
        .slice(heard)
        .filter((body) => body['response_type'] === 'ephemeral')
        .map((body) => body['text']),
    ].join('\n');
}

/** Everything in a view or an answer. */
const said = (view: unknown): string => JSON.stringify(view) ?? '';
