/** What ends with a key or a person ends for good, and an installation keeps an administrator. */

import { afterEach, describe, expect, test } from 'vitest';
import { explain } from '../../src/domain/refusal.js';
import type { Store, Tx } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Parts } from '../../src/usecases/index.js';
import { buildServices, refusalOf, type Services, unwrap } from '../support/services.js';

let services: Services;
afterEach(() => services.close());

/** A store whose transactions have some other parts. */
const changing =
  (parts: (tx: Tx) => Partial<Tx>) =>
  (original: Parts): Parts => {
    const store: Store = {
      ...original.store,
      transaction: (work) => original.store.transaction((tx) => work({ ...tx, ...parts(tx) })),
    };
    return { ...original, store };
  };

const setPerson = (change: object, by = services.admin) =>
  services.useCases.managePeople.set(by, { email: 'admin@example.com', ...change });

async function administrators(): Promise<number> {
  const people = await services.store.people.list();
  return people.filter(({ role, active }) => role === 'admin' && active).length;
}

describe('the last active administrator', () => {
  test.each([{ active: false }, { role: 'member' }, { role: 'auditor', active: true }])(
    'cannot be changed to %o, and can once there is another one',
    async (change) => {
      services = await buildServices();
      await setPerson({ email: 'ann@example.com', role: 'admin', active: false });
      const refused = await setPerson(change);
      expect(refusalOf(refused)).toBe('not_allowed');
      expect(refused.ok || explain(refused.refusal)).toContain('another active administrator');
      expect(await administrators()).toBe(1);
      unwrap(await setPerson({ email: 'ben@example.com', role: 'admin' }));
      unwrap(await setPerson(change));
      expect(await administrators()).toBe(1);
    },
  );

  /** Two administrators demote each other at the same moment. Returns the number of administrators that stay. */
  async function eachOther() {
    unwrap(await setPerson({ email: 'ben@example.com', role: 'admin' }));
    const { caller: ben } = await services.human('ben@example.com');
    await Promise.all([
      setPerson({ role: 'member' }, ben),
      setPerson({ email: 'ben@example.com', role: 'member' }),
    ]);
    return administrators();
  }

  test('stays when two administrators demote each other at the same moment', async () => {
    services = await buildServices();
    expect(await eachOther()).toBe(1);
  });

  test('does not stay in a build that counts administrators without a lock', async () => {
    let counting = 0;
    let counted = () => {};
    const both = new Promise<void>((resolve) => {
      counted = resolve;
    });
    const change = changing((tx) => ({
      people: {
        ...tx.people,
        async lockAdministrators() {
          const found = (await tx.people.list()).filter(
            (one) => one.role === 'admin' && one.active,
          );
          if (found.length === 2) {
            counting += 1;
            if (counting === 2) counted();
            await both;
          }
          return found.map(({ id }) => id);
        },
      },
    }));
    services = await buildServices({ change });
    expect(await eachOther()).toBe(0);
  });
});

describe('a person who was deactivated and reactivated', () => {
  const email = 'ann@example.com';

  /** What still proves that a caller is this person. */
  async function stillValid(deactivate: () => Promise<unknown>) {
    const { useCases, admin, store } = services;
    const human = await services.human(email);
    const agent = await services.agent('agent-of-ann', email);
    const { code } = unwrap(await useCases.createLinkCode(human.caller));
    const login = await store.transaction(async (tx) => {
      const id = services.makeId('lgin');
      const [codeHash, secretHash] = ['a'.repeat(64), services.fingerprint('login secret s')];
      const networks = { narrow: 'a', wide: 'a' };
      await tx.logins.insert(
        { id, codeHash, secretHash, device: 'd', address: 'a', networks, ttl: 60_000 },
        { narrow: 5, wide: 50, all: 100 },
      );
      await tx.logins.confirm(id, human.caller.owner.id);
      return id;
    });
    await deactivate();
    unwrap(await useCases.managePeople.set(admin, { email, active: true }));
    const byCode = await services.store.transaction((tx) =>
      tx.linkCodes.take(Buffer.from(services.digest(code), 'hex')),
    );
    const valid = {
      human: (await useCases.authenticate(human.token)).ok,
      agent: (await useCases.authenticate(agent.token)).ok,
      code: byCode !== undefined,
      login: (await useCases.login.take(login, 's')).ok,
    };
    return Object.entries(valid).flatMap(([name, ok]) => (ok ? [name] : []));
  }

  const byAdmin = async () =>
    unwrap(await services.useCases.managePeople.set(services.admin, { email, active: false }));

  test('gets back no key, link code or login from before, and can use a new key', async () => {
    services = await buildServices();
    expect(await stillValid(byAdmin)).toEqual([]);
    const { store, useCases, admin } = services;
    const keys = (await store.principals.keys()).filter(({ revokedAt }) => revokedAt);
    expect(keys).toHaveLength(2);
    const again = { name: 'ann-2', class: 'human', owner: email } as const;
    const { token } = unwrap(await useCases.manageKeys.create(admin, again));
    expect((await useCases.authenticate(token)).ok).toBe(true);
    // A person who is active already keeps the key.
    unwrap(await useCases.managePeople.set(admin, { email, active: true }));
    expect((await useCases.authenticate(token)).ok).toBe(true);
  });

  test('gets back no key when an earlier version deactivated the person without revoking keys', async () => {
    services = await buildServices();
    const sql = sqlOn(services.database.dataSource);
    const before = () => sql('update person set active = false where email = $1', [email]);
    expect(await stillValid(before)).toEqual([]);
  });

  test('gets the keys back in a build that does not revoke them', async () => {
    const change = changing((tx) => ({
      principals: { ...tx.principals, revokeKeysOf: async () => [] },
    }));
    services = await buildServices({ change });
    expect(await stillValid(byAdmin)).toEqual(['human', 'agent']);
  });
});

describe('a revoked key', () => {
  async function revokedWhileWaiting(keys: 'last' | 'one of two') {
    const { useCases, admin } = services;
    await services.policy();
    const { caller } = await services.agent();
    if (keys === 'one of two')
      unwrap(
        await useCases.manageKeys.create(admin, {
          name: caller.principal.name,
          class: 'agent',
          owner: caller.owner.email,
          additional: true,
        }),
      );
    const approval = await services.ask(caller);
    const wait = useCases.waitForDecision(caller, approval.id, { ms: 3000 });
    unwrap(await useCases.manageKeys.revoke(admin, caller.key.id));
    const decided = await useCases.decide(await services.decider('alice@example.com'), {
      approval: approval.id,
      verdict: 'approve',
    });
    const ended = await wait;
    const { status } = (await services.store.approvals.find(approval.id)) ?? {};
    return { caller, decided: decided.ok, status, ended };
  }

  test('that was the last one of its principal withdraws its requests and ends its waits; nothing can be approved', async () => {
    services = await buildServices();
    const { decided, status, ended } = await revokedWhileWaiting('last');
    expect({ decided, status }).toEqual({ decided: false, status: 'cancelled' });
    expect(unwrap(ended).approval.status).toBe('cancelled');
    expect(unwrap(ended).grant).toBeUndefined();
  });

  test('that leaves its principal another live key leaves the requests too, but ends its own waits', async () => {
    services = await buildServices();
    const { decided, status, ended } = await revokedWhileWaiting('one of two');
    expect({ decided, status }).toEqual({ decided: true, status: 'approved' });
    expect(refusalOf(ended)).toBe('invalid_key');
  });

  /** Milliseconds until the wait of a revoked key ends when nobody decides. */
  async function endOfWait() {
    const { useCases, admin } = services;
    await services.policy();
    const { caller } = await services.agent();
    const again = {
      name: caller.principal.name,
      class: 'agent',
      owner: caller.owner.email,
    } as const;
    unwrap(await useCases.manageKeys.create(admin, { ...again, additional: true }));
    const { id } = await services.ask(caller);
    const started = performance.now();
    const wait = useCases.waitForDecision(caller, id, { ms: 3000 });
    unwrap(await useCases.manageKeys.revoke(admin, caller.key.id));
    await wait;
    return performance.now() - started;
  }

  test('ends its wait at once while another key of the principal is live', async () => {
    services = await buildServices();
    expect(await endOfWait()).toBeLessThan(2000);
  });

  test('waits on in a build that reads the key only at the start of a wait', async () => {
    const change = (parts: Parts): Parts => {
      const { principals } = parts.store;
      const credentials: typeof principals.credentials = async (id) => {
        const found = await principals.credentials(id);
        return found && { ...found, live: true };
      };
      return { ...parts, store: { ...parts.store, principals: { ...principals, credentials } } };
    };
    services = await buildServices({ change });
    expect(await endOfWait()).toBeGreaterThan(2900);
  });

  test('makes no request that was on its way when it was revoked, and gets no automatic grant', async () => {
    services = await buildServices();
    const { caller } = await revokedWhileWaiting('last');
    const request = { operation: 'read', reason: 'A reason of this test' } as const;
    const open = 'vsecure://secrets/open/*';
    await services.policy({ requiresApproval: false }, open);
    for (const resource of ['vsecure://secrets/production/B', 'vsecure://secrets/open/B'])
      expect(
        refusalOf(
          await services.useCases.requestAccess(caller, { ...request, resources: [resource] }),
        ),
      ).toBe('invalid_key');
  });

  test('leaves its requests approvable in a build that believes another key is live', async () => {
    const change = changing((tx) => ({
      principals: {
        ...tx.principals,
        liveKeys: async (id) => ['another', ...(await tx.principals.liveKeys(id))],
      },
    }));
    services = await buildServices({ change });
    expect(await revokedWhileWaiting('last')).toMatchObject({ decided: true });
  });
});
