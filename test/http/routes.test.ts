/** Who may call what: every route that the router has, with every class of key and every scope. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problem } from '../../src/contract/problem.js';
import { CLASS_SCOPES } from '../../src/domain/rights.js';
import { KEY_CLASSES, type KeyClass, type Scope } from '../../src/domain/vocabulary.js';
import { createApi } from '../../src/http/api/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { unwrap } from '../support/services.js';
import { type Said, type Serving, startServing } from './serving.js';

/** Any one of these scopes opens the route; ANY is every good key; OPEN and FIRST need none: these are for who has none yet. */
const ANY: readonly Scope[] = [];
const OPEN = 'open';
const FIRST = 'first';
const EXPECTED: Readonly<Record<string, readonly Scope[] | typeof OPEN | typeof FIRST>> = {
  'GET /openapi.json': OPEN,
  'POST /login': FIRST,
  'POST /login/take': FIRST,
  'GET /whoami': ANY,
  'POST /approvals': ['access:request'],
  'GET /approvals': ANY,
  'GET /approvals/:id': ANY,
  'GET /approvals/:id/wait': ['access:request'],
  'POST /approvals/:id/decision': ['approvals:decide'],
  'POST /approvals/:id/cancel': ANY,
  'GET /grants': ANY,
  'POST /grants/:id/release': ['grants:use'],
  'POST /grants/:id/revoke': ['approvals:decide'],
  'GET /resources': ['resources:manage', 'approvals:read'],
  'PATCH /resources': ['resources:manage'],
  'PUT /resources': ['resources:manage'],
  'PUT /policies': ['resources:manage'],
  'POST /simulate': ['resources:manage'],
  'GET /explain': ['access:request', 'resources:manage', 'approvals:decide'],
  'GET /secrets': ['secrets:list'],
  'GET /secrets/value': ['grants:use'],
  'PUT /secrets': ['secrets:manage'],
  'POST /secrets/create': ['secrets:manage', 'grants:use'],
  'POST /secrets/update': ['secrets:manage', 'grants:use'],
  'POST /secrets/rotate': ['secrets:manage', 'grants:use'],
  'POST /secrets/delete': ['secrets:manage', 'grants:use'],
  'GET /keys': ['keys:manage'],
  'POST /keys': ['keys:manage'],
  'POST /keys/:id/revoke': ['keys:manage'],
  // Also for the human key of the owner: the use case looks.
  'POST /keys/suspend': ANY,
  'POST /keys/resume': ['keys:manage'],
  'GET /people': ['keys:manage'],
  'POST /people': ['keys:manage'],
  'POST /people/remove': ['keys:manage'],
  'POST /people/link': ['keys:manage'],
  'POST /people/code': ['approvals:decide', 'keys:manage'],
  'GET /audit': ['audit:read'],
  'GET /audit/counts': ['audit:read'],
  'GET /audit/chain': ['audit:read'],
  'GET /metrics': ['metrics:read'],
  'GET /metrics/summary': ['metrics:read'],
  'GET /notifications': ['notifications:manage'],
  'PATCH /notifications': ['notifications:manage'],
  'POST /notifications/test': ['notifications:manage'],
  'GET /notifications/deliveries': ['notifications:manage'],
  'POST /notifications/replay': ['notifications:manage'],
  'GET /alerts': ['metrics:read', 'notifications:manage'],
  'GET /alerts/rules': ['metrics:read', 'notifications:manage'],
  'PATCH /alerts/rules': ['notifications:manage'],
  'POST /alerts/rules/remove': ['notifications:manage'],
  'POST /alerts/silence': ['notifications:manage'],
};

/** What a use case requires in addition to a scope: an owner who is a person, or an owner who may see everything. */
const BESIDES: Readonly<Record<string, (who: { keyClass: KeyClass; member: boolean }) => boolean>> =
  {
    'POST /people/code': ({ keyClass }) => keyClass === 'human',
    'GET /audit/chain': ({ keyClass, member }) => keyClass !== 'agent' && !member,
  };
const fits = (route: string, keyClass: KeyClass, member = false) =>
  BESIDES[route]?.({ keyClass, member }) ?? true;

interface Mounted {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

let serving: Serving;
let mounted: readonly Mounted[];

beforeAll(async () => {
  serving = await startServing();
  mounted = routesOf(serving.services.useCases);
});
afterAll(() => serving.close());

/** Read from the router itself, not from the contract. */
function routesOf(useCases: Serving['services']['useCases']): readonly Mounted[] {
  const { signal } = new AbortController();
  const router = createApi({ useCases, admission: [], now: () => new Date(), stopping: signal });
  return router.stack.flatMap(({ route }) =>
    (route?.stack ?? [])
      // What refuses all other methods has none of its own.
      .filter(({ method }) => method !== undefined)
      .map(({ method }) => {
        const path = route?.path ?? '';
        return { name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path };
      }),
  );
}

const ID: Readonly<Record<string, string>> = {
  approvals: `appr_${'0'.repeat(22)}`,
  grants: `grnt_${'0'.repeat(22)}`,
  keys: '0'.repeat(10),
};
const addressOf = (path: string) => path.replace(':id', ID[path.split('/')[1] ?? ''] ?? '');

/** Empty for a route that needs none of them. */
function scopesOf(route: string): readonly Scope[] {
  const expected = EXPECTED[route];
  return expected === OPEN || expected === FIRST ? ANY : (expected ?? ANY);
}

const codeOf = ({ json }: Said) => problem.safeParse(json).data?.code;

test('the table of required scopes has exactly the routes of the API', () => {
  expect(mounted.map(({ name }) => name).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
});

test('only the OpenAPI document and the login routes answer without a key', async () => {
  for (const { name, method, path } of mounted) {
    const { status } = await serving.api(method, addressOf(path));
    const answers = { [OPEN]: 200, [FIRST]: 400 };
    const expected = EXPECTED[name];
    expect(status, name).toBe(typeof expected === 'string' ? answers[expected] : 401);
  }
});

describe.each(KEY_CLASSES)('a key of class %s', (keyClass: KeyClass) => {
  test.each(CLASS_SCOPES[keyClass])(
    'can call exactly the routes of the scope %s when it has only that scope',
    async (scope) => {
      const name = `${keyClass}-${scope.replace(':', '-')}`;
      const wish = { name, class: keyClass, owner: 'admin@example.com', scopes: [scope] };
      const made = unwrap(
        await serving.services.useCases.manageKeys.create(serving.services.admin, wish),
      );
      for (const { name: route, method, path } of mounted) {
        const said = await serving.api(method, addressOf(path), { token: made.token });
        const scopes = scopesOf(route);
        const open = (scopes.length === 0 || scopes.includes(scope)) && fits(route, keyClass);
        expect(said.status, route).not.toBe(401);
        expect(codeOf(said) === 'not_allowed', `${route}: ${said.text}`).toBe(!open);
      }
    },
  );
});

test('a member’s key cannot manage anything, whatever scopes it has', async () => {
  const { token } = await serving.services.human('member@example.com');
  for (const { name, method, path } of mounted) {
    const scopes = scopesOf(name);
    const managing = scopes.length > 0 && scopes.every((scope) => scope.endsWith(':manage'));
    const said = await serving.api(method, addressOf(path), { token });
    const refused = managing || !fits(name, 'human', true);
    expect(codeOf(said) === 'not_allowed', `${name}: ${said.text}`).toBe(refused);
  }
});

describe('an agent’s key with every scope for agents, owned by an administrator who may approve,', () => {
  const POLICY = { approvers: ['admin@example.com'], allowSelfApproval: true };
  const uri = 'vsecure://secrets/production/*';

  /** A good body for every route that changes something, aimed at what is really there. */
  const bodies = (digest: string): Readonly<Record<string, object>> => ({
    'POST /approvals': { resources: ['vsecure://secrets/none/X'], operation: 'read', reason: '' },
    'POST /approvals/:id/decision': { action: 'approve', reason: 'mine', digest },
    'POST /approvals/:id/cancel': {},
    'POST /grants/:id/release': {},
    'POST /grants/:id/revoke': { reason: 'mine' },
    'PATCH /resources': { uri, requiresApproval: false },
    'PUT /resources': { uri, requiresApproval: false },
    'PUT /policies': { policies: [{ uri, requiresApproval: false }], prune: true },
    'POST /simulate': { policies: [{ uri }], since: '1h' },
    'PUT /secrets': { path: 'vsecure://secrets/production/A', value: 'x' },
    'POST /secrets/create': { path: 'vsecure://secrets/production/A', generate: {} },
    'POST /secrets/update': { path: 'vsecure://secrets/production/A', generate: {} },
    'POST /secrets/rotate': { path: 'vsecure://secrets/production/A', generate: {} },
    'POST /secrets/delete': { path: 'vsecure://secrets/production/A' },
    'POST /keys': { name: 'second', class: 'human', owner: 'admin@example.com' },
    'POST /keys/:id/revoke': {},
    'POST /keys/suspend': { name: 'asking', reason: 'mine' },
    'POST /keys/resume': { name: 'asking' },
    'PATCH /notifications': { webhook: { url: 'https://eve.example.com/' } },
    'POST /notifications/test': { receiver: 'webhook' },
    'POST /notifications/replay': { receiver: 'webhook' },
    'PATCH /alerts/rules': { name: 'burst', enabled: false },
    'POST /alerts/rules/remove': { name: 'burst' },
    'POST /alerts/silence': { rule: 'burst', duration: '1h', reason: 'mine' },
    'POST /people': { email: 'eve@example.com', role: 'admin' },
    'POST /people/code': { email: 'admin@example.com' },
    'POST /login': { device: 'mine' },
    'POST /login/take': { id: `lgin_${'0'.repeat(22)}`, secret: 'mine' },
    'POST /people/remove': { email: 'eve@example.com' },
    'POST /people/link': { email: 'eve@example.com', teamId: 'T1', userId: 'U1' },
  });

  /** Everything that decides: decisions, votes, grants, policies, keys, people. */
  async function state() {
    const sql = sqlOn(serving.services.database.dataSource);
    const tables = ['approval', 'vote', 'access_grant', 'policy', 'api_key', 'principal', 'person'];
    const all = [
      ...tables,
      'slack_account',
      'secret',
      'delivery',
      'receiver',
      'notification',
      'alert_rule',
      'alert_silence',
    ];
    const rows = await Promise.all(all.map((table) => sql(`select * from ${table} order by 1`)));
    return Object.fromEntries(all.map((table, index) => [table, rows[index]]));
  }

  test('cannot change a decision, grant, policy, key or person through any route', async () => {
    const { services } = serving;
    await services.policy(POLICY);
    const { caller } = await services.agent('asking');
    const pending = await services.ask(caller);
    const approved = await services.ask(caller, {
      operation: 'read',
      renew: true,
      duration: 600_000,
    });
    const decider = await services.decider('admin@example.com');
    unwrap(await services.useCases.decide(decider, { approval: approved.id, verdict: 'approve' }));
    const grant = await services.store.grants.ofApproval(approved.id);
    const { token } = await services.agent('mighty', 'admin@example.com');
    const ids: Readonly<Record<string, string>> = {
      approvals: pending.id,
      grants: grant?.id ?? '',
      keys: caller.key.id,
    };

    const before = await state();
    const changing = mounted.filter(({ method }) => method !== 'GET');
    const body = bodies(pending.digest);
    expect(Object.keys(body).toSorted()).toEqual(changing.map(({ name }) => name).toSorted());
    for (const { name, method, path } of changing) {
      const address = path.replace(':id', ids[path.split('/')[1] ?? ''] ?? '');
      const said = await serving.api(method, address, { token, body: body[name] });
      expect([403, 404], `${name}: ${said.text}`).toContain(said.status);
    }
    expect(await state()).toEqual(before);
  });
});
