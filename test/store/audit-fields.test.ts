/** The exact fields of each type of audit event, as the use cases write it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/audit-event.js';
import { EVENT_TYPES, type EventType } from '../../src/domain/vocabulary.js';
import { createEvaluateAlerts } from '../../src/usecases/metrics/evaluate-alerts.js';
import { memberDirectory } from '../support/directories.js';
import { NOTIFICATION } from '../support/notification.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';

const VALUE = 's3cret-canary-value';

/** Fields in addition to sequence, time, type, actor and hash; `details` by their keys. A field with `?` may be absent. */
const FIELDS: Record<EventType, string> = {
  installation_created: 'details.installation',
  approval_requested:
    'approval principal resources operation reason details.policy details.policyVersion details.duration details.digest details.asked',
  approval_repeated:
    'approval principal resources operation reason details.policy details.policyVersion details.duration details.digest details.asked',
  access_refused: 'principal resources operation refusal details.count? details.requested?',
  vote_cast:
    'approval principal resources operation entryPoint reason details.verdict details.through details.digest',
  decision_refused:
    'approval principal resources operation entryPoint refusal details.verdict details.through',
  approval_decided: 'approval principal resources operation entryPoint reason details.outcome',
  approval_expired: 'approval principal resources operation',
  approval_cancelled: 'approval principal resources operation reason?',
  approval_rebound:
    'approval principal resources operation entryPoint details.policy details.policyVersion details.digest',
  approval_escalated: 'approval principal resources operation details.to',
  access_granted:
    'approval grant principal resources operation entryPoint details.duration details.digest',
  access_revoked: 'approval grant principal resources operation reason',
  access_released: 'approval grant principal resources operation',
  secret_read: 'grant principal resources operation details.key details.version',
  read_refused: 'principal resources operation refusal details.key',
  records_read: 'grant principal resources operation details.key',
  use_refused: 'principal resources operation refusal details.key',
  secret_written:
    'resources operation details.version principal? grant? details.action? details.generated? details.unchanged?',
  secret_deleted: 'resources operation details.version principal? grant?',
  policy_changed: 'resources details.policy details.after details.before?',
  key_created:
    'principal details.key details.name details.class details.owner details.scopes details.by? details.login? details.expiresAt?',
  key_revoked: 'principal details.key',
  key_suspended: 'principal reason? details.through details.grants details.requests',
  key_resumed: 'principal reason?',
  suspension_refused: 'principal refusal details.through',
  person_changed:
    'details.person details.email details.role details.active details.slack details.removed?',
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
  audit_detached: 'details.archive details.first details.last details.hash details.confirmed?',
};

let services: Services;
let events: readonly RecordedEvent[];
/** All rows of the audit trail, in detached partitions too. */
let stored: readonly unknown[];
beforeAll(async () => {
  const webhook = () => async () => ({ outcome: 'gone', error: 'http_410' }) as const;
  const senders = { email: undefined, slack: undefined, webhook };
  services = await buildServices({ directory: memberDirectory('T1'), senders });
  await doEverything(services);
  const listed = async () => (await services.store.audit.list({}, { limit: 1000 })).items;
  const rows = () =>
    services.database.dataSource.query('select canonical, body::text as body from audit_event');
  const before = await listed();
  const storedBefore = await rows();
  await services.store.transaction((tx) => tx.auditPartitions.next());
  await services.countOn();
  await services.useCases.detachAudit(new Date('2100-01-01T00:00:00Z'));
  events = [...(await listed()), ...before];
  stored = [...(await rows()), ...storedBefore];
});
afterAll(() => services.close());

async function doEverything({ useCases, admin, ...services }: Services): Promise<void> {
  const read = { resources: [DATABASE_URL], operation: 'read' } as const;
  await services.policy();
  await services.secret(VALUE);
  const { caller } = await services.agent();
  await useCases.readSecret(caller, { resource: DATABASE_URL });
  await useCases.requestAccess(caller, { ...read, reason: '' });
  const alice = await services.decider('alice@example.com');
  const approve = async (id: `appr_${string}`) =>
    unwrap(await useCases.decide(alice, { approval: id, verdict: 'approve', reason: 'go ahead' }));
  const grantOf = async (id: `appr_${string}`) =>
    (await services.store.grants.ofApproval(id))?.id ?? 'grnt_';

  const { id: repeated } = await services.ask(caller);
  await services.ask(caller);
  const mallory = await services.decider('mallory@example.com');
  await useCases.decide(mallory, { approval: repeated, verdict: 'approve', reason: 'mine' });
  await services.policy({ maxUses: 9 });
  await useCases.decide(alice, { approval: repeated, verdict: 'approve', reason: 'go ahead' });
  await approve(repeated);
  unwrap(await useCases.readSecret(caller, { resource: DATABASE_URL }));
  unwrap(await useCases.releaseGrant(caller, await grantOf(repeated)));

  const { id: revoked } = await services.ask(caller);
  await approve(revoked);
  unwrap(await useCases.revokeGrant(admin.owner, await grantOf(revoked), 'enough'));
  unwrap(await useCases.cancelRequest(caller, (await services.ask(caller)).id));
  const { id: expired } = await services.ask(caller);
  const { dataSource } = services.database;
  await dataSource.query('update approval set expires_at = clock_timestamp() where id = $1', [
    expired,
  ]);
  await useCases.expireApprovals();

  await changeSecrets({ useCases, admin, ...services }, caller, approve);

  const { managePeople, manageKeys } = useCases;
  unwrap(await managePeople.set(admin, { email: 'olga@example.com', role: 'auditor' }));
  unwrap(await managePeople.link(admin, 'olga@example.com', { teamId: 'T1', userId: 'U0OLGA' }));
  await services.policy({ escalateTo: ['olga@example.com'], escalateAfter: 60_000 });
  await services.ask(caller);
  await dataSource.query(`update approval set created_at = created_at - interval '2 minutes'`);
  await useCases.escalateApprovals();
  await useCases.suspendPrincipal(
    { person: mallory.person, through: 'slack T1/U0MALLORY' },
    caller.principal.id,
  );
  const { manageSuspensions } = useCases;
  unwrap(await manageSuspensions.suspend(admin, caller.principal.name, 'not me'));
  unwrap(await manageSuspensions.resume(admin, caller.principal.name));
  const { code } = unwrap(await useCases.createLinkCode(admin));
  unwrap(await useCases.linkByCode({ teamId: 'T1', userId: 'U0ADMIN' }, code));
  await useCases.linkByCode({ teamId: 'T1', userId: 'U0EVE' }, 'link_guess');
  const { id, secret, code: loginCode } = unwrap(await useCases.login.begin('a laptop', '::1'));
  unwrap(await useCases.login.look(admin.owner, loginCode));
  unwrap(await useCases.login.confirm(admin.owner, id));
  unwrap(await useCases.login.take(id, secret));
  unwrap(await manageKeys.revoke(admin, caller.key.id));
  await useCases.recordForeignWorkspace('T0EVIL', 'U0EVIL', 'button');
  await notifyGoneReceiver(useCases, admin);
  await alert({ useCases, admin, store: services.store });
}

async function alert({ useCases, admin, store }: Pick<Services, 'useCases' | 'admin' | 'store'>) {
  const { setAlertRule, silenceAlert, removeAlertRule } = useCases.manageAlerts;
  const rule = { metric: 'access_count', threshold: 1, period: 60_000, to: ['email'] } as const;
  const measure = async () => ({ count: 2 });
  const evaluate = createEvaluateAlerts({ ...store, metrics: { ...store.metrics, measure } });
  unwrap(await setAlertRule(admin, 'many', rule));
  await evaluate();
  unwrap(await setAlertRule(admin, 'many', { enabled: false }));
  await evaluate();
  unwrap(await silenceAlert(admin, { rule: 'many', duration: 60_000, reason: 'a load test' }));
  unwrap(await removeAlertRule(admin, 'many'));
}

/** A receiver that answers the first notification with 410 Gone. */
async function notifyGoneReceiver(
  { configureReceivers, reviewDeliveries, notifyReceiver }: Services['useCases'],
  admin: Services['admin'],
) {
  const webhook = { url: 'https://receiver.example.com/hook' };
  unwrap(await configureReceivers.change(admin, { webhook }));
  await notifyReceiver('webhook', 1, NOTIFICATION, new AbortController().signal);
  unwrap(await reviewDeliveries.replay(admin, { receiver: 'webhook', state: 'dead' }));
}

type Approve = (id: `appr_${string}`) => Promise<unknown>;

async function changeSecrets(
  { useCases, admin, policy, ask }: Pick<Services, 'useCases' | 'admin' | 'policy' | 'ask'>,
  caller: Services['admin'],
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
  unwrap(await reviewKeys(caller));
  unwrap(await changeSecret.create(caller, { resource, generate: {} }));
  unwrap(await changeSecret.delete(caller, { resource }));
  unwrap(await changeSecret.create(caller, { resource, value: VALUE }));
  unwrap(await manageSecret.delete(admin, { resource }));
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

test('an event without a person has no entry point, and no reason unless one was given', () => {
  for (const { actor, entryPoint, reason } of events)
    if (actor.kind === 'system') expect([entryPoint, reason]).toEqual([undefined, undefined]);
});

test('no event contains a secret value, a key or the hash of a key', () => {
  const text = JSON.stringify(stored);
  expect(stored.length).toBe(events.length);
  expect(text).not.toContain(VALUE);
  expect(text).not.toContain(Buffer.from(VALUE).toString('base64'));
  expect(text).not.toContain(Buffer.from(VALUE).toString('hex'));
  expect(text).not.toMatch(/vsk_[ahs]_/);
});

test('every event has its actor, and its time by the database\u2019s clock to the microsecond', () => {
  for (const { at, actor } of events) {
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(actor.id && actor.name).toBeTruthy();
  }
});
