/** Twenty people decide one approval from several entry points at once, and everything that must be true afterwards. */
import type { Approval } from '../../src/domain/approval.js';
import type { Verdict } from '../../src/domain/vocabulary.js';
import { VSecureClient, VSecureError } from '../../src/sdk/index.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decide } from '../../src/usecases/approvals/decide.js';
import { run } from '../cli/terminal.js';
import { brokenInvariants } from '../support/invariants.js';
import type { JsonObject } from '../support/slack/json.js';
import type { ServicesWithSlack } from '../support/slack/services-with-slack.js';
import { PEOPLE } from './race-deciders.js';

/** Their names in Slack. */
export const NAMES = PEOPLE.map((email) => email.split('@')[0] ?? '');

/** People of another entry point come first in the next round. */
const STEP = 7;

const ENTRY_POINTS = ['slack', 'api', 'cli'] as const;
type EntryPoint = (typeof ENTRY_POINTS)[number];

/** What a person was answered. */
interface Learned {
  readonly entryPoint: EntryPoint;
  readonly what: 'decided' | 'informed' | `something else: ${string}`;
}

interface Person {
  readonly name: string;
  readonly email: string;
  readonly entryPoint: EntryPoint;
  readonly verdict: Verdict;
  /** A key of theirs, where their entry point needs one. */
  readonly token: string;
}

/** A third of them at each entry point, half of them for and half against. */
export function gather({ services }: ServicesWithSlack): Promise<Person[]> {
  return Promise.all(
    PEOPLE.map(async (email, place) => {
      const entryPoint = ENTRY_POINTS[place % ENTRY_POINTS.length] ?? 'slack';
      const token = entryPoint === 'slack' ? '' : (await services.human(email)).token;
      await services.person(email);
      const verdict = place % 2 === 0 ? 'approve' : 'deny';
      return { name: NAMES[place] ?? '', email, entryPoint, verdict, token };
    }),
  );
}

/**
 * Holds all requests until every person has sent one, then releases them in a different order each time. Who comes again,
 * because the first try failed, is let in at once.
 */
export function together(decide: Decide): Decide {
  let here: (() => void)[] = [];
  let first = 0;
  const seen = new Set<string>();
  return async (...click) => {
    const [{ person }, { approval }] = click;
    const who = `${person.id} ${approval}`;
    if (seen.has(who)) return decide(...click);
    seen.add(who);
    await new Promise<void>((enter) => {
      here.push(enter);
      if (here.length < PEOPLE.length) return;
      const all = [...here.slice(first), ...here.slice(0, first)];
      here = [];
      first = (first + STEP) % PEOPLE.length;
      for (const next of all) next();
    });
    return decide(...click);
  };
}

/** Lets all of them decide one pending approval at once. What is wrong afterwards, in words; nothing when all is well. */
export async function violationsThroughEntryPoints(
  scene: ServicesWithSlack,
  people: readonly Person[],
  { id }: Approval,
): Promise<string[]> {
  const forms = await openBothForms(scene, id);
  const results = await Promise.all(people.map((person) => click(scene, person, id, forms)));
  const stored = await scene.services.store.approvals.find(id);
  if (!stored || stored.status === 'pending') return ['no person decided'];
  const decided = results.filter(({ what }) => what === 'decided').length;
  const inWords = results.filter(({ what }) => what === 'informed').length;
  const counts = await countsOf(scene, id);
  const losers = (entryPoint: EntryPoint) =>
    results.filter((one) => one.entryPoint === entryPoint && one.what === 'informed').length;
  return [
    ...expected('decisions', decided, 1),
    ...expected('learned the result', inWords, people.length - 1),
    ...results
      .map(({ entryPoint, what }) => `${entryPoint}: ${what}`)
      .filter((one) => one.includes('else')),
    ...expected('votes', counts.votes, 1),
    ...expected('grants', counts.grants, stored.status === 'approved' ? 1 : 0),
    ...expected('refusals on the audit trail from slack', counts.slack, losers('slack')),
    // A command calls the API with a human key, so its entry point is the same.
    ...expected('refusals on the audit trail from api', counts.api, losers('api') + losers('cli')),
    ...(await brokenInvariants(scene.services.database.dataSource)),
  ];
}

type Forms = Record<Verdict, JsonObject>;

async function openBothForms({ hands }: ServicesWithSlack, id: Approval['id']): Promise<Forms> {
  const [someone = ''] = NAMES;
  return {
    approve: await hands.openForm(someone, id, 'approve'),
    deny: await hands.openForm(someone, id, 'deny'),
  };
}

async function click(
  scene: ServicesWithSlack,
  person: Person,
  id: Approval['id'],
  forms: Forms,
): Promise<Learned> {
  const reason = `what ${person.name} thinks`;
  const { entryPoint, verdict } = person;
  const said = await {
    slack: () => submitForm(scene, person, forms[verdict], reason),
    api: () => callApi(scene, person, id, reason),
    cli: () => typeCommand(scene, person, id, reason),
  }[entryPoint]();
  if (said === 'decided') return { entryPoint, what: 'decided' };
  const status = (await scene.services.store.approvals.find(id))?.status;
  // The command line also says for how long it is approved.
  const truth = `is already ${status}`;
  return { entryPoint, what: said.includes(truth) ? 'informed' : `something else: ${said}` };
}

async function submitForm(
  { hands }: ServicesWithSlack,
  { name }: Person,
  form: JsonObject,
  reason: string,
) {
  const { status, body } = await hands.submit(name, form, { reason });
  return status === 200 && body === '' ? 'decided' : JSON.stringify(body);
}

async function callApi(
  { url }: ServicesWithSlack,
  { token, verdict }: Person,
  id: string,
  reason: string,
) {
  try {
    const client = new VSecureClient({ url, apiKey: token });
    await client.mcp.respond(id, { action: verdict, reason });
    return 'decided';
  } catch (error) {
    return error instanceof VSecureError ? error.message : String(error);
  }
}

async function typeCommand(
  { url }: ServicesWithSlack,
  { token, verdict }: Person,
  id: string,
  reason: string,
) {
  const command = [`mcp:${verdict}`, id, '--reason', reason, '--yes'];
  const { exit, err } = await run({ url, token }, ...command);
  return exit === 0 ? 'decided' : err;
}

const expected = (what: string, found: number, wanted: number) =>
  found === wanted ? [] : [`${what}: ${found} instead of ${wanted}`];

type Counts = Record<'votes' | 'grants' | 'slack' | 'api', number>;

async function countsOf({ services }: ServicesWithSlack, id: string): Promise<Counts> {
  const refusals = `select count(*)::int from audit_event
    where body ->> 'type' = 'decision_refused' and body ->> 'approval' = $1 and body ->> 'door' =`;
  const [counts] = await sqlOn(services.database.dataSource)<Counts>(
    `select (select count(*)::int from vote where approval_id = $1) as votes,
       (select count(*)::int from access_grant where approval_id = $1) as grants,
       (${refusals} 'slack') as slack, (${refusals} 'api') as api`,
    [id],
  );
  if (!counts) throw new Error('nothing was counted');
  return counts;
}
