/** `--check`: tests everything between an AI tool and a secret, and says how to fix what is broken. */
import type { Server } from './exchange.js';
import { bad, type Finding, good, note, plain } from './finding.js';
import { handshake, PROTOCOLS, type Protocol } from './handshake.js';
import { type Fields, notVsecure, type Probed, probe } from './probe.js';

/** What was found out about one item. */
export interface CheckedItem extends Finding {
  readonly item: string;
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  /** Default: the latest version of each era. */
  readonly protocols?: readonly Protocol[];
  /** Why there is no key. Then only what needs none is tested. */
  readonly noKey?: string;
}

/**
 * Yields each finding as soon as it is known; an AI tool can work unless one is `bad`. Makes no call that is recorded as an
 * access, and sends the key only after the server has identified itself as vsecure. Never rejects.
 */
export async function* check(
  server: Server,
  { signal, protocols = PROTOCOLS, noKey }: CheckOptions,
): AsyncGenerator<CheckedItem> {
  const found = await findServer(server, signal);
  yield { item: 'server', ...found };
  if (found.kind === 'bad') {
    const unknown = note('not checked, because the server could not be reached');
    const versions = protocols.map(({ name }) => name);
    for (const item of ['key', 'scopes', ...versions, 'database', 'Slack'])
      yield { item, ...unknown };
    return;
  }

  if (noKey === undefined) yield* checkKey(server, protocols, signal);
  else yield { item: 'key', ...note(noKey) };

  const ready = await probe(server, '/readyz', { alsoTakes: 503, signal });
  yield { item: 'database', ...databaseOf(ready) };
  yield { item: 'Slack', ...slackOf(ready) };
}

async function* checkKey(
  server: Server,
  protocols: readonly Protocol[],
  signal: AbortSignal,
): AsyncGenerator<CheckedItem> {
  const whoami = await probe(server, '/api/v1/whoami', { withKey: true, signal });
  const isRefused = !whoami.ok && whoami.status === 401;
  yield { item: 'key', ...keyOf(whoami, server) };
  yield { item: 'scopes', ...(whoami.ok ? scopesOf(whoami.fields) : UNKNOWN_KEY) };
  for (const protocol of protocols)
    yield {
      item: protocol.name,
      ...(isRefused ? UNKNOWN_KEY : await handshake(server, protocol, signal)),
    };
}

const UNKNOWN_KEY = note('not checked, because the server did not accept the key');

async function findServer(server: Server, signal: AbortSignal): Promise<Finding> {
  const health = await probe(server, '/healthz', { signal });
  if (!health.ok) return bad(health.problem);
  if (health.fields['status'] !== 'ok') return bad(notVsecure(server.at));
  return good(`vsecure answers at ${server.at}`);
}

function keyOf(whoami: Probed, { at }: Server): Finding {
  if (!whoami.ok) return bad(whoami.problem);
  const { name, class: keyClass, owner, expiresAt } = whoami.fields;
  if (typeof name !== 'string' || typeof keyClass !== 'string') return bad(notVsecure(at));
  const email = typeof owner === 'object' && owner !== null && 'email' in owner && owner.email;
  const validity =
    typeof expiresAt === 'string' ? `valid until ${expiresAt.slice(0, 10)}` : 'valid until revoked';
  return good(plain(`${name} (${keyClass}), owned by ${email || 'no one'}, ${validity}`));
}

/** An AI tool needs these scopes to request access and to read. */
const NEEDED = ['access:request', 'grants:use'];

function scopesOf({ scopes }: Fields): Finding {
  const has = Array.isArray(scopes) ? scopes.map(String) : [];
  const missing = NEEDED.filter((scope) => !has.includes(scope));
  if (missing.length === 0) return good(plain(has.join(' ')));
  return bad(
    `${missing.join(' and ')} missing: an AI tool cannot work with this key; create one with \`vsecure keys:create --class agent\``,
  );
}

const DATABASE_PROBLEMS = new Map([
  ['schema_behind', 'its schema is older than the server: run `vsecure migrate`'],
  ['schema_newer', 'its schema is newer than the server: update the server'],
  [
    'unreachable',
    'the server cannot reach it: start PostgreSQL, or check DATABASE_URL on the server',
  ],
]);

function databaseOf(ready: Probed): Finding {
  if (!ready.ok) return bad(ready.problem);
  const state = String(ready.fields['database']);
  if (state === 'ok' && ready.status === 200) return good('connected');
  return bad(DATABASE_PROBLEMS.get(state) ?? 'not ready: see the log of the server');
}

const SLACK_FINDINGS = new Map([
  ['ok', good('connected')],
  [
    'degraded',
    note(
      'calls to Slack are failing, so cards arrive late: until then, decide with `vsecure mcp:approve`, and see the log of the server',
    ),
  ],
  [
    'off',
    note(
      'not set up, so there are no cards: decide with `vsecure mcp:approve`; the README of vsecure explains how to connect Slack',
    ),
  ],
]);

/** Never bad: vsecure works without Slack. */
function slackOf(ready: Probed): Finding {
  const state = ready.ok ? String(ready.fields['slack']) : '';
  return SLACK_FINDINGS.get(state) ?? note('the server did not report the state of Slack');
}
