/** Twenty people at one approval, each through a door of their own, and everything that must be true when they are done. */
import type { Approval } from '../../src/domain/approval.js';
import type { Verdict } from '../../src/domain/vocabulary.js';
import { VSecureClient, VSecureError } from '../../src/sdk/index.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decide } from '../../src/usecases/approvals/decide.js';
import { run } from '../cli/terminal.js';
import { brokenInvariants } from '../support/invariants.js';
import type { JsonObject } from '../support/slack/json.js';
import type { HouseWithSlack } from '../support/slack/services-with-slack.js';
import { PEOPLE } from './one-decision.js';

/** Their names in Slack. */
export const NAMES = PEOPLE.map((email) => email.split('@')[0] ?? '');

/** Another door's people come first in the next round. */
const STEP = 7;

const DOORS = ['slack', 'api', 'cli'] as const;
type Door = (typeof DOORS)[number];

/** What somebody was told who pressed. */
interface Told {
  readonly door: Door;
  readonly what: 'decided' | 'told' | `something else: ${string}`;
}

interface Person {
  readonly name: string;
  readonly email: string;
  readonly door: Door;
  readonly verdict: Verdict;
  /** A key of theirs, where their door asks for one. */
  readonly token: string;
}

/** A third of them at each door, half of them for and half against. */
export function gather({ house }: HouseWithSlack): Promise<Person[]> {
  return Promise.all(
    PEOPLE.map(async (email, place) => {
      const door = DOORS[place % DOORS.length] ?? 'slack';
      const token = door === 'slack' ? '' : (await house.human(email)).token;
      await house.person(email);
      const verdict = place % 2 === 0 ? 'approve' : 'deny';
      return { name: NAMES[place] ?? '', email, door, verdict, token };
    }),
  );
}

/**
 * Holds everybody on the threshold until all of them are there, and lets them in in another order each time. Who comes again,
 * because the first try failed, is let in at once.
 */
export function together(decide: Decide): Decide {
  let here: (() => void)[] = [];
  let first = 0;
  const seen = new Set<string>();
  return async (...press) => {
    const [{ person }, { approval }] = press;
    const who = `${person.id} ${approval}`;
    if (seen.has(who)) return decide(...press);
    seen.add(who);
    await new Promise<void>((enter) => {
      here.push(enter);
      if (here.length < PEOPLE.length) return;
      const all = [...here.slice(first), ...here.slice(0, first)];
      here = [];
      first = (first + STEP) % PEOPLE.length;
      for (const next of all) next();
    });
    return decide(...press);
  };
}

/** Lets all of them decide one pending approval at once. What is wrong afterwards, in words; nothing when all is well. */
export async function violationsThroughDoors(
  scene: HouseWithSlack,
  people: readonly Person[],
  { id }: Approval,
): Promise<string[]> {
  const forms = await openBothForms(scene, id);
  const told = await Promise.all(people.map((person) => press(scene, person, id, forms)));
  const stored = await scene.house.store.approvals.find(id);
  if (!stored || stored.status === 'pending') return ['nobody decided'];
  const decided = told.filter(({ what }) => what === 'decided').length;
  const inWords = told.filter(({ what }) => what === 'told').length;
  const counts = await countsOf(scene, id);
  const losers = (door: Door) =>
    told.filter((one) => one.door === door && one.what === 'told').length;
  return [
    ...expected('decisions', decided, 1),
    ...expected('told what happened', inWords, people.length - 1),
    ...told.map(({ door, what }) => `${door}: ${what}`).filter((one) => one.includes('else')),
    ...expected('votes', counts.votes, 1),
    ...expected('grants', counts.grants, stored.status === 'approved' ? 1 : 0),
    ...DOORS.flatMap((door) =>
      expected(`refusals on the audit trail by ${door}`, counts[door], losers(door)),
    ),
    ...(await brokenInvariants(scene.house.database.dataSource)),
  ];
}

type Forms = Record<Verdict, JsonObject>;

async function openBothForms({ hands }: HouseWithSlack, id: Approval['id']): Promise<Forms> {
  const [someone = ''] = NAMES;
  return {
    approve: await hands.openForm(someone, id, 'approve'),
    deny: await hands.openForm(someone, id, 'deny'),
  };
}

async function press(
  scene: HouseWithSlack,
  person: Person,
  id: Approval['id'],
  forms: Forms,
): Promise<Told> {
  const reason = `what ${person.name} thinks`;
  const { door, verdict } = person;
  const said = await {
    slack: () => submitForm(scene, person, forms[verdict], reason),
    api: () => callApi(scene, person, id, reason),
    cli: () => typeCommand(scene, person, id, reason),
  }[door]();
  if (said === 'decided') return { door, what: 'decided' };
  const status = (await scene.house.store.approvals.find(id))?.status;
  const truth = `This request is already ${status}.`;
  return { door, what: said.includes(truth) ? 'told' : `something else: ${said}` };
}

async function submitForm(
  { hands }: HouseWithSlack,
  { name }: Person,
  form: JsonObject,
  reason: string,
) {
  const { status, body } = await hands.submit(name, form, { reason });
  return status === 200 && body === '' ? 'decided' : JSON.stringify(body);
}

async function callApi(
  { url }: HouseWithSlack,
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
  { url }: HouseWithSlack,
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

type Counts = Record<'votes' | 'grants' | Door, number>;

async function countsOf({ house }: HouseWithSlack, id: string): Promise<Counts> {
  const refusals = `select count(*)::int from audit_event
    where body ->> 'type' = 'decision_refused' and body ->> 'approval' = $1 and body ->> 'door' =`;
  const [counts] = await sqlOn(house.database.dataSource)<Counts>(
    `select (select count(*)::int from vote where approval_id = $1) as votes,
       (select count(*)::int from access_grant where approval_id = $1) as grants,
       (${refusals} 'slack') as slack, (${refusals} 'api') as api, (${refusals} 'cli') as cli`,
    [id],
  );
  if (!counts) throw new Error('nothing was counted');
  return counts;
}
