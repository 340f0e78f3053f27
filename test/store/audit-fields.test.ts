/** What each kind of event holds, to the field, when the real use cases write it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/audit-event.js';
import { EVENT_TYPES, type EventType } from '../../src/domain/vocabulary.js';
import { createEvaluateAlerts } from '../../src/usecases/metrics/evaluate-alerts.js';
import { memberDirectory } from '../support/directories.js';
import { NOTIFICATION } from '../support/notification.js';
import { buildHouse, DATABASE_URL, granted, type House } from '../support/services.js';

const VALUE = 's3cret-canary-value';

/** Beside number, time, type, actor and hash; `details` by their keys. A `?` may be absent. */
const FIELDS: Record<EventType, string> = {
  installation_created: 'details.installation',
  approval_requested:
    'approval principal resources operation reason details.policy details.policyVersion details.duration details.digest details.asked',
  approval_repeated:
    'approval principal resources operation reason details.policy details.policyVersion details.duration details.digest details.asked',
  access_refused: 'principal resources operation refusal',
  vote_cast:
    'approval principal resources operation door reason details.verdict details.through details.digest',
  decision_refused:
    'approval principal resources operation door refusal details.verdict details.through',
  approval_decided: 'approval principal resources operation door reason details.outcome',
  approval_expired: 'approval principal resources operation',
  approval_cancelled: 'approval principal resources operation reason?',
  approval_rebound:
    'approval principal resources operation door details.policy details.policyVersion details.digest',
  approval_escalated: 'approval principal resources operation details.to',
  access_granted:
    'approval grant principal resources operation door details.duration details.digest',
  access_revoked: 'approval grant principal resources operation reason',
  access_released: 'approval grant principal resources operation',
  secret_read: 'grant principal resources operation details.key details.version',
  read_refused: 'principal resources operation refusal details.key',
  records_read: 'grant principal resources operation details.key',
  use_refused: 'principal resources operation refusal details.key',
  secret_written:
    'resources operation details.version principal? grant? details.action? details.generated?',
  secret_deleted: 'resources operation details.version principal? grant?',
  policy_changed: 'resources details.policy details.after details.before?',
  key_created:
    'principal details.key details.name details.class details.owner details.scopes details.by? details.login? details.expiresAt?',
  key_revoked: 'principal details.key',
  key_suspended: 'principal reason? details.through details.grants details.requests',
  key_resumed: 'principal reason?',
  suspension_refused: 'principal refusal details.through',
  person_changed: 'details.person details.email details.role details.active details.slack',
  slack_linked:
    'details.person details.email details.role details.active details.slack details.by?',
  slack_link_refused: 'refusal details.slack',
  link_code_created: 'details.person details.email',
  foreign_request: 'refusal details.what',
  login_confirmed: 'details.login details.device details.address',
  receiver_changed: 'details.receiver details.after details.before? details.secret?',
  receiver_disabled: 'details.receiver details.because',
  notifications_replayed: 'details.replayed details.receiver? details.ids?',
  alert_rule_changed:
    'details.rule details.cooldown? details.enabled? details.metric? details.threshold? details.period? details.resource? details.key? details.operation? details.receivers? details.removed?',
  alert_fired:
    'details.alert details.rule details.metric details.threshold details.value details.period details.key? details.to?',
  alert_resolved:
    'details.alert details.rule details.metric details.threshold details.value details.period details.key? details.to?',
  alert_silenced: 'reason details.alert details.rule details.until details.to?',
  audit_detached: 'details.archive details.first details.last details.hash',
};

let house: House;
let events: readonly RecordedEvent[];
/** Everything that the database holds of them, in the parts that are detached too. */
let stored: readonly unknown[];
beforeAll(async () => {
  const webhook = () => async () => ({ outcome: 'gone', error: 'http_410' }) as const;
  const tellers = { email: undefined, slack: undefined, webhook };
  house = await buildHouse({ directory: memberDirectory('T1'), tellers });
  await doEverything(house);
  const listed = async () => (await house.store.audit.list({}, { limit: 1000 })).items;
  const rows = () =>
    house.database.dataSource.query('select canonical, body::text as body from audit_event');
  const before = await listed();
  const storedBefore = await rows();
  await house.store.transaction((tx) => tx.auditParts.next());
  await house.countOn();
  await house.useCases.detachAudit(new Date('2100-01-01T00:00:00Z'));
  events = [...(await listed()), ...before];
  stored = [...(await rows()), ...storedBefore];
});
afterAll(() => house.close());

async function doEverything({ useCases, admin, ...house }: House): Promise<void> {
  const read = { resources: [DATABASE_URL], operation: 'read' } as const;
  await house.policy();
  await house.secret(VALUE);
  const { caller } = await house.agent();
  await useCases.readSecret(caller, { resource: DATABASE_URL });
  await useCases.requestAccess(caller, { ...read, reason: '' });
  const alice = await house.decider('alice@example.com');
  const approve = async (id: `appr_${string}`) =>
    granted(await useCases.decide(alice, { approval: id, verdict: 'approve', reason: 'go ahead' }));
  const grantOf = async (id: `appr_${string}`) =>
    (await house.store.grants.ofApproval(id))?.id ?? 'grnt_';

  const { id: repeated } = await house.ask(caller);
  await house.ask(caller);
  const mallory = await house.decider('mallory@example.com');
  await useCases.decide(mallory, { approval: repeated, verdict: 'approve', reason: 'mine' });
  await house.policy({ maxUses: 9 });
  await useCases.decide(alice, { approval: repeated, verdict: 'approve', reason: 'go ahead' });
  await approve(repeated);
  granted(await useCases.readSecret(caller, { resource: DATABASE_URL }));
  granted(await useCases.releaseGrant(caller, await grantOf(repeated)));

  const { id: revoked } = await house.ask(caller);
  await approve(revoked);
  granted(await useCases.revokeGrant(admin.owner, await grantOf(revoked), 'enough'));
  granted(await useCases.cancelRequest(caller, (await house.ask(caller)).id));
  const { id: expired } = await house.ask(caller);
  const { dataSource } = house.database;
  await dataSource.query('update approval set expires_at = clock_timestamp() where id = $1', [
    expired,
  ]);
  await useCases.expireApprovals();

  await changeSecrets({ useCases, admin, ...house }, caller, approve);

  const { managePeople, manageKeys } = useCases;
  granted(await managePeople.set(admin, { email: 'olga@example.com', role: 'auditor' }));
  granted(await managePeople.link(admin, 'olga@example.com', { teamId: 'T1', userId: 'U0OLGA' }));
  await house.policy({ escalateTo: ['olga@example.com'], escalateAfter: 60_000 });
  await house.ask(caller);
  await dataSource.query(`update approval set created_at = created_at - interval '2 minutes'`);
  await useCases.escalateApprovals();
  await useCases.suspendPrincipal(
    { person: mallory.person, through: 'slack T1/U0MALLORY' },
    caller.principal.id,
  );
  const { manageSuspensions } = useCases;
  granted(await manageSuspensions.suspend(admin, caller.principal.name, 'not me'));
  granted(await manageSuspensions.resume(admin, caller.principal.name));
  const { code } = granted(await useCases.createLinkCode(admin));
  granted(await useCases.linkByCode({ teamId: 'T1', userId: 'U0ADMIN' }, code));
  await useCases.linkByCode({ teamId: 'T1', userId: 'U0EVE' }, 'link_guess');
  const { id, secret, code: loginCode } = granted(await useCases.login.begin('a laptop', '::1'));
  granted(await useCases.login.look(admin.owner, loginCode));
  granted(await useCases.login.confirm(admin.owner, id));
  granted(await useCases.login.take(id, secret));
  granted(await manageKeys.revoke(admin, caller.key.id));
  await useCases.recordForeign('T0EVIL', 'U0EVIL', 'button');
  await tellSomebody(useCases, admin);
  await alert({ useCases, admin, store: house.store });
}

async function alert({ useCases, admin, store }: Pick<House, 'useCases' | 'admin' | 'store'>) {
  const { setAlertRule, silenceAlert, removeAlertRule } = useCases.manageAlerts;
  const rule = { metric: 'access_count', threshold: 1, period: 60_000, to: ['email'] } as const;
  const measure = async () => ({ count: 2 });
  const evaluate = createEvaluateAlerts({ ...store, metrics: { ...store.metrics, measure } });
  granted(await setAlertRule(admin, 'many', rule));
  await evaluate();
  granted(await setAlertRule(admin, 'many', { enabled: false }));
  await evaluate();
  granted(await silenceAlert(admin, { rule: 'many', duration: 60_000, reason: 'a load test' }));
  granted(await removeAlertRule(admin, 'many'));
}

/** A receiver that is gone at the first thing that it is told. */
async function tellSomebody(
  { configureReceivers, reviewDeliveries, tellReceiver }: House['useCases'],
  admin: House['admin'],
) {
  const webhook = { url: 'https://receiver.example.com/hook' };
  granted(await configureReceivers.change(admin, { webhook }));
  await tellReceiver('webhook', 1, NOTIFICATION, new AbortController().signal);
  granted(await reviewDeliveries.replay(admin, { receiver: 'webhook', state: 'dead' }));
}

type Approve = (id: `appr_${string}`) => Promise<unknown>;

async function changeSecrets(
  { useCases, admin, policy, ask }: Pick<House, 'useCases' | 'admin' | 'policy' | 'ask'>,
  caller: House['admin'],
  approve: Approve,
): Promise<void> {
  const { changeSecret, manageSecret, reviewKeys } = useCases;
  const resource = 'vsecure://secrets/changing/TOKEN';
  const keys = 'vsecure://api-keys';
  await reviewKeys(caller);
  for (const uri of [resource, keys])
    await policy({ permissions: ['read', 'write', 'delete'] }, uri);
  for (const operation of ['write', 'delete'] as const)
    await approve((await ask(caller, { resources: [resource], operation })).id);
  await approve((await ask(caller, { resources: [keys] })).id);
  granted(await reviewKeys(caller));
  granted(await changeSecret.create(caller, { resource, generate: {} }));
  granted(await changeSecret.delete(caller, { resource }));
  granted(await changeSecret.create(caller, { resource, value: VALUE }));
  granted(await manageSecret.delete(admin, { resource }));
}

const fieldsOf = ({
  sequence: _,
  at: _at,
  hash: _hash,
  type: _type,
  actor: _actor,
  details,
  ...rest
}: RecordedEvent) => [
  ...Object.keys(rest),
  ...Object.keys(details ?? {}).map((key) => `details.${key}`),
];

describe.each(EVENT_TYPES)('%s', (type) => {
  const fields = FIELDS[type].split(' ').filter((field) => field !== '');
  const required = fields.filter((field) => !field.endsWith('?'));
  const known = fields.map((field) => field.replace('?', ''));

  test('is written with exactly its fields', () => {
    const written = events.filter((event) => event.type === type);
    expect(written).not.toEqual([]);
    for (const event of written) {
      expect(fieldsOf(event)).toEqual(expect.arrayContaining(required));
      expect(known).toEqual(expect.arrayContaining(fieldsOf(event)));
    }
  });
});

test('an event without a person tells of no door and no reason that nobody gave', () => {
  for (const { actor, door, reason } of events)
    if (actor.kind === 'system') expect([door, reason]).toEqual([undefined, undefined]);
});

test('no event of any kind holds a value, a key or its hash', () => {
  const text = JSON.stringify(stored);
  expect(stored.length).toBe(events.length);
  expect(text).not.toContain(VALUE);
  expect(text).not.toContain(Buffer.from(VALUE).toString('base64'));
  expect(text).not.toContain(Buffer.from(VALUE).toString('hex'));
  expect(text).not.toMatch(/vsk_[ahs]_/);
});

test('every event says when, by the database\u2019s clock to the microsecond, and who', () => {
  for (const { at, actor } of events) {
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(actor.id && actor.name).toBeTruthy();
  }
});
