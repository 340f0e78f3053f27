/** `--check`: looks at everything between an AI tool and a secret, one line each, and says how to mend what is broken. */
import type { Server } from './exchange.js';
import { bad, type Finding, good, lineOf, note, plain } from './finding.js';
import { ERAS, handshake } from './handshake.js';
import { type Fields, notVsecure, type Probed, probe } from './probe.js';

/** Names of the lines that need the server, in their order. */
const ERA_LINES = ERAS.map(({ version }) => `protocol ${version}`);

/**
 * Prints one line for each thing and resolves with whether an AI tool can work. Asks nothing that is recorded as an
 * access, and sends the key only after the server has shown itself. Never rejects.
 */
export async function check(
  server: Server,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let works = true;
  const report = (what: string, finding: Finding) => {
    if (finding.kind === 'bad') works = false;
    print(lineOf(what, finding));
  };

  const found = await findServer(server, signal);
  report('server', found);
  if (found.kind === 'bad') {
    for (const what of ['key', 'scopes', ...ERA_LINES, 'database', 'Slack'])
      report(what, note('not checked, because the server was not reached'));
    return works;
  }

  const who = await probe(server, '/api/v1/whoami', { withKey: true, signal });
  report('key', keyOf(who, server));
  report('scopes', who.ok ? scopesOf(who.fields) : UNKNOWN_KEY);
  for (const [index, era] of ERAS.entries()) {
    const refused = !who.ok && who.status === 401;
    report(ERA_LINES[index] ?? '', refused ? UNKNOWN_KEY : await handshake(server, era, signal));
  }

  const ready = await probe(server, '/readyz', { alsoTakes: 503, signal });
  report('database', databaseOf(ready));
  report('Slack', slackOf(ready));
  return works;
}

const UNKNOWN_KEY = note('not checked, because the key is not known to be good');

async function findServer(server: Server, signal: AbortSignal): Promise<Finding> {
  const health = await probe(server, '/healthz', { signal });
  if (!health.ok) return bad(health.problem);
  if (health.fields['status'] !== 'ok') return bad(notVsecure(server.at));
  return good(`vsecure answers at ${server.at}`);
}

function keyOf(who: Probed, { at }: Server): Finding {
  if (!who.ok) return bad(who.problem);
  const { name, class: keyClass, owner, expiresAt } = who.fields;
  if (typeof name !== 'string' || typeof keyClass !== 'string') return bad(notVsecure(at));
  const email = typeof owner === 'object' && owner !== null && 'email' in owner && owner.email;
  const until = typeof expiresAt === 'string' ? `until ${expiresAt.slice(0, 10)}` : 'until revoked';
  return good(plain(`${name} (${keyClass}), owned by ${email || 'nobody'}, good ${until}`));
}

/** Without these an AI tool can neither ask nor read. */
const NEEDED = ['access:request', 'grants:use'];

function scopesOf({ scopes }: Fields): Finding {
  const has = Array.isArray(scopes) ? scopes.map(String) : [];
  const missing = NEEDED.filter((scope) => !has.includes(scope));
  if (missing.length === 0) return good(plain(has.join(' ')));
  return bad(
    `${missing.join(' and ')} missing: this key cannot do what an AI tool does; make one with \`vsecure keys:create --class agent\``,
  );
}

const DATABASE = new Map([
  ['schema_behind', 'its schema is older than the server: run `vsecure migrate`'],
  ['schema_newer', 'a newer vsecure has written it: update the server'],
  [
    'unreachable',
    'the server does not reach it: start PostgreSQL, or check DATABASE_URL of the server',
  ],
]);

function databaseOf(ready: Probed): Finding {
  if (!ready.ok) return bad(ready.problem);
  const state = String(ready.fields['database']);
  if (state === 'ok' && ready.status === 200) return good('the server reaches it');
  return bad(DATABASE.get(state) ?? 'it is not ready: the log of the server says why');
}

const SLACK = new Map([
  ['ok', good('connected')],
  [
    'degraded',
    note(
      'calls to it fail now, so cards come late: people decide with `vsecure mcp:approve` meanwhile; the log of the server says why',
    ),
  ],
  [
    'off',
    note(
      'not set up, so nobody gets a card: people decide with `vsecure mcp:approve`; the README of vsecure says how to connect it',
    ),
  ],
]);

/** Never bad: asking works without it. */
function slackOf(ready: Probed): Finding {
  const state = ready.ok ? String(ready.fields['slack']) : '';
  return SLACK.get(state) ?? note('the server does not say');
}
