/** Asking and deciding by REST, against a route with the same middleware that authenticates with one query and does one INSERT with its COMMIT. */
import express, { Router } from 'express';
import helmet from 'helmet';
import { approvalRoutes } from '../src/contract/approval.js';
import { API_BASE } from '../src/contract/route.js';
import { digest } from '../src/crypto/digest.js';
import { HOUR } from '../src/domain/limits.js';
import { requestDigest } from '../src/domain/request-digest.js';
import { ok, refused } from '../src/domain/result.js';
import type { Caller } from '../src/domain/rights.js';
import { createAdmission } from '../src/http/admission.js';
import { createHostCheck } from '../src/http/allowed-hosts.js';
import { jsonBody } from '../src/http/json-body.js';
import { createServe } from '../src/http/serve-route.js';
import { listen } from '../src/http/server.js';
import { refuseRepeatedHeaders } from '../src/http/single-headers.js';
import { wireAccessFor } from '../src/http/wire/access.js';
import { startServing } from '../test/http/serving.js';
import { REASON } from '../test/support/services.js';
import { type LoadRequest, startLoad } from './load.js';
import { quantile } from './measure.js';
import { openPool } from './reads.js';
import { line, title } from './report.js';
import type { Stage } from './stage.js';

/** Keys that ask, and people who decide, with an owner each. */
const KEYS = 40;
const ROUND = 1_500;
const ROUNDS = 5;
/** More than one round can send. */
const ENOUGH = 6_000;

type Agent = Awaited<ReturnType<Stage['agent']>>;

export async function benchWrites(stage: Stage): Promise<void> {
  const floor = await openFloorRoute(stage);
  const writers = await openWriters(stage);
  const { asks, decisions, close } = writers;
  const load = startLoad();
  const compare = async (name: string, callers: number, requests: () => Promise<LoadRequest[]>) => {
    const rates = { floor: [] as number[], subject: [] as number[] };
    const spent = { floor: [] as number[], subject: [] as number[] };
    for (let round = -1; round < ROUNDS; round += 1) {
      const order = ['floor', 'subject'] as const;
      for (const which of round % 2 === 0 ? order : order.toReversed()) {
        const { url } = which === 'floor' ? floor : writers;
        const sent = which === 'floor' ? await asks() : await requests();
        const before = process.cpuUsage();
        const { done, took } = await load.run({ url, callers, ms: ROUND, requests: sent });
        const { user, system } = process.cpuUsage(before);
        if (round < 0) continue;
        rates[which].push((done * 1_000) / took);
        spent[which].push((user + system) / 1_000 / done);
      }
    }
    const [base, subject] = [quantile(rates.floor, 0.5), quantile(rates.subject, 0.5)];
    line(name, base, subject, subject / base);
    const [idle, busy] = [quantile(spent.floor, 0.5), quantile(spent.subject, 0.5)];
    line(`  CPU of the server, ms`, idle, busy, busy / idle);
  };
  title('asking and deciding by REST, against one query and one INSERT with its COMMIT (a second)');
  await compare('ask, 1 caller', 1, asks);
  await compare('ask, 16 callers', 16, asks);
  await compare('ask, 16 callers, one key', 16, () => asks(1));
  await compare('decide, 1 caller', 1, decisions);
  await compare('decide, 16 callers', 16, decisions);
  load.close();
  await close();
  await floor.close();
}

/** The REST API with keys that ask and people who decide. The requests are for one round; those that are pending before it are withdrawn. */
export async function openWriters(stage: Stage) {
  const serving = await startServing(stage);
  const people = Array.from({ length: KEYS }, (_, n) => `person-${n}@example.com`);
  const policy = await stage.policy({ approvers: people }, 'vsecure://secrets/written/**');
  const agents: Agent[] = [];
  const deciders: Agent[] = [];
  for (const [n, email] of people.entries()) {
    agents.push(await stage.agent(`writer-${n}`, `owner-${n}@example.com`));
    deciders.push(await stage.human(email));
  }
  const newAsks = createAsks();
  return {
    url: serving.server.url,
    async asks(keys = KEYS): Promise<LoadRequest[]> {
      await withdrawAll(stage);
      return newAsks(agents.slice(0, keys));
    },
    async decisions(): Promise<LoadRequest[]> {
      await withdrawAll(stage);
      return pendingDecisions(stage, policy, agents, deciders);
    },
    close: () => serving.close(),
  };
}

/** Requests for resources that no request named before, of the keys in turn. */
function createAsks() {
  let asked = 0;
  return (agents: readonly Agent[]): LoadRequest[] =>
    Array.from({ length: ENOUGH }, (_, n) => {
      asked += 1;
      const resource = `vsecure://secrets/written/f${n % 50}/KEY_${asked}`;
      const body = { resources: [resource], operation: 'read', reason: REASON };
      return {
        path: `${API_BASE}/approvals`,
        token: agents[n % agents.length]?.token ?? '',
        body: JSON.stringify(body),
      };
    });
}

/** A key has few pending requests: those of earlier rounds are withdrawn. */
const withdrawAll = ({ database }: Stage) =>
  database.dataSource.query(
    `update approval set status = 'cancelled', settled_at = clock_timestamp(), created_at = created_at - interval '2 hours'
     where status = 'pending'`,
  );

/** Requests that wait for a decision. */
async function pendingDecisions(
  { database, makeId }: Stage,
  policy: Awaited<ReturnType<Stage['policy']>>,
  agents: readonly Agent[],
  deciders: readonly Agent[],
): Promise<LoadRequest[]> {
  const requests = Array.from({ length: ENOUGH / 2 }, (_, n) => {
    const principal = agents[n % agents.length]?.caller.principal.id ?? 'prin_';
    const resource = `vsecure://secrets/written/DECIDED_${n}`;
    const terms = { resources: [resource], operation: 'read', duration: HOUR, principal };
    const bound = { ...terms, policy: policy.id, policyVersion: policy.version };
    return { id: makeId('appr'), principal, resource, digest: requestDigest(digest, bound) };
  });
  await database.dataSource.query(
    `insert into approval (id, principal_id, policy_id, policy_version, operation, resources, reason, duration_ms, digest, status, expires_at)
     select id, principal, $5, $6, 'read', array[resource], $7, $8, digest, 'pending', clock_timestamp() + interval '1 day'
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as r(id, principal, resource, digest)`,
    [
      requests.map(({ id }) => id),
      requests.map(({ principal }) => principal),
      requests.map(({ resource }) => resource),
      requests.map((one) => one.digest),
      ...[policy.id, policy.version, REASON, HOUR],
    ],
  );
  await database.dataSource.query('analyze approval');
  return requests.map(({ id }, n) => ({
    path: `${API_BASE}/approvals/${id}/decision`,
    token: deciders[n % deciders.length]?.token ?? '',
    body: JSON.stringify({ action: 'approve', reason: REASON }),
  }));
}

/** The route that the subject is compared with. */
async function openFloorRoute(stage: Stage) {
  const { connection, hasher, admin } = stage;
  const answer = wireAccessFor(admin)({ approval: await stage.ask(stage.caller) });
  const pool = openPool(connection);
  await pool.query(
    'create table if not exists floor_route (id bigint generated always as identity, body text)',
  );
  const authenticate = async (token: string) => {
    const { rows } = await pool.query<{ hash: Buffer; principal_id: Caller['principal']['id'] }>({
      name: 'authenticate',
      text: 'select hash, principal_id from api_key where id = $1 and revoked_at is null',
      values: [hasher.keyIdOf(token)],
    });
    const [found] = rows;
    if (!hasher.matches(token, found?.hash) || !found) return refused({ code: 'invalid_key' });
    return ok({ ...admin, principal: { ...admin.principal, id: found.principal_id } });
  };
  const app = express();
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } }));
  app.use(refuseRepeatedHeaders, createHostCheck(['127.0.0.1']));
  const router = Router({ caseSensitive: true, strict: true });
  router.use(...createAdmission({ authenticate }, 1_000_000), ...jsonBody);
  createServe(router)(approvalRoutes.request, async ({ body }) => {
    await pool.query({
      name: 'insert',
      text: 'insert into floor_route (body) values ($1)',
      values: [JSON.stringify(body)],
    });
    return ok(answer);
  });
  app.use(API_BASE, router);
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    close: async () => {
      await server.close(1000);
      await pool.end();
    },
  };
}
