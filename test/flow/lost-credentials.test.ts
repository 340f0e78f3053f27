/** What ends with a key or a person ends for good, and an installation keeps an administrator. */

import { afterEach, describe, expect, test } from 'vitest';
import { explain } from '../../src/domain/refusal.js';
import type { Result } from '../../src/domain/result.js';
import type { Caller } from '../../src/domain/rights.js';
import type { Credentials, Directory, Store, Tx } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Parts } from '../../src/usecases/index.js';
import { memberDirectory } from '../support/directories.js';
import {
  buildServices,
  DATABASE_URL,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';

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

  test('is made by admin:bootstrap also of a person who was removed', async () => {
    services = await buildServices();
    unwrap(await setPerson({ email: 'ben@example.com', role: 'admin' }));
    unwrap(await services.useCases.managePeople.remove(services.admin, 'ben@example.com'));
    expect(await administrators()).toBe(1);
    unwrap(await services.useCases.bootstrapAdmin('ben@example.com'));
    expect(await administrators()).toBe(2);
  });

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

describe('what ends after a call was authenticated and before it changes anything', () => {
  const slowDirectory = () => {
    let askedNow = () => {};
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      askedNow = resolve;
    });
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const directory: Directory = {
      ...memberDirectory('T1'),
      async byEmail() {
        askedNow();
        await answered;
        return 'unknown';
      },
    };
    return { directory, asked, answer };
  };

  test('a deactivated administrator promotes nobody, and creates no key, policy, secret, receiver or rule', async () => {
    services = await buildServices();
    unwrap(await setPerson({ email: 'gina@example.com', role: 'admin' }));
    const { caller: gina } = await services.human('gina@example.com');
    unwrap(await setPerson({ email: 'gina@example.com', active: false }));
    const { useCases } = services;
    const key = { name: 'backdoor', class: 'human', owner: 'mallory@example.com' } as const;
    const policy = { uri: DATABASE_URL, mode: 'replace', changes: {} } as const;
    const attempts: Promise<Result<unknown>>[] = [
      useCases.managePeople.set(gina, { email: 'mallory@example.com', role: 'admin' }),
      useCases.managePeople.remove(gina, 'admin@example.com'),
      useCases.managePeople.link(gina, 'mallory@example.com', { teamId: 'T1', userId: 'U1' }),
      useCases.createLinkCode(gina, 'alice@example.com'),
      useCases.manageKeys.create(gina, key),
      useCases.manageKeys.revoke(gina, services.admin.key.id),
      useCases.manageSuspensions.resume(gina, 'nothing', 'a reason of this test'),
      useCases.applyPolicies(gina, { writes: [policy] }),
      useCases.writeSecret(gina, { path: DATABASE_URL, value: Buffer.from('x') }),
      useCases.configureReceivers.change(gina, { webhook: { enabled: false } }),
      useCases.reviewDeliveries.replay(gina, { receiver: 'webhook', state: 'dead' }),
      useCases.manageAlerts.setAlertRule(gina, 'burst', { enabled: false }),
    ];
    const refusals = (await Promise.all(attempts)).map(refusalOf);
    expect(refusals).toEqual(attempts.map(() => 'invalid_key'));
  });

  test('a demoted administrator keeps nothing of the earlier role', async () => {
    services = await buildServices();
    unwrap(await setPerson({ email: 'gina@example.com', role: 'admin' }));
    const { caller: gina } = await services.human('gina@example.com');
    unwrap(await setPerson({ email: 'gina@example.com', role: 'member' }));
    expect(refusalOf(await setPerson({ email: 'gina@example.com', role: 'admin' }, gina))).toBe(
      'invalid_key',
    );
  });

  test('a revoked key applies no policies whose approvers Slack was asked for meanwhile', async () => {
    const { directory, asked, answer } = slowDirectory();
    services = await buildServices({ directory });
    const { caller } = await services.key('pipeline', 'service', 'admin@example.com', [
      'resources:manage',
    ]);
    const changes = { requiresApproval: false, approvers: ['x@example.com'] };
    const writes = [{ uri: 'vsecure://secrets/**', mode: 'replace', changes } as const];
    const applying = services.useCases.applyPolicies(caller, { writes });
    await asked;
    unwrap(await services.useCases.manageKeys.revoke(services.admin, caller.key.id));
    answer();
    expect(refusalOf(await applying)).toBe('invalid_key');
  });

  test('neither a revoked human key nor a deactivated person decides', async () => {
    services = await buildServices();
    await services.policy({ approvers: ['alice@example.com', 'carol@example.com'] });
    const { caller } = await services.agent();
    const { id } = await services.ask(caller);
    const { caller: alice } = await services.human('alice@example.com');
    const { caller: carol } = await services.human('carol@example.com');
    unwrap(await services.useCases.manageKeys.revoke(services.admin, alice.key.id));
    unwrap(await setPerson({ email: 'carol@example.com', active: false }));
    const decision = { approval: id, verdict: 'approve' } as const;
    const by = ({ owner, key }: Caller) =>
      ({ person: owner, entryPoint: 'api', through: `key ${key.id}`, key: key.id }) as const;
    const inSlack = { person: carol.owner, entryPoint: 'slack', through: 'slack T1/U1' } as const;
    const { decide } = services.useCases;
    expect(refusalOf(await decide(by(alice), decision))).toBe('invalid_key');
    expect(refusalOf(await decide(by(carol), decision))).toBe('invalid_key');
    expect(refusalOf(await decide(inSlack, decision))).toBe('person_inactive');
    expect(await services.store.approvals.find(id)).toMatchObject({ status: 'pending' });
  });

  test('a build that does not look again lets all of it happen, which the checks above notice', async () => {
    let before: Credentials | undefined;
    services = await buildServices({
      change: changing((tx) => ({
        principals: {
          ...tx.principals,
          credentials: async (id) => before ?? tx.principals.credentials(id),
        },
        approvals: {
          ...tx.approvals,
          ballot: async (id, by) => ({ ...(await tx.approvals.ballot(id, by)), mayAct: true }),
        },
      })),
    });
    unwrap(await setPerson({ email: 'gina@example.com', role: 'admin' }));
    const { caller: gina } = await services.human('gina@example.com');
    before = await services.store.principals.credentials(gina.key.id);
    unwrap(await setPerson({ email: 'gina@example.com', active: false }));
    expect((await setPerson({ email: 'mallory@example.com', role: 'admin' }, gina)).ok).toBe(true);
  });
});
