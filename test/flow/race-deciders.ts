/** Lets twenty people decide one approval concurrently, and checks everything that must be true afterwards. */
import type { Approval, ApprovalId } from '../../src/domain/approval.js';
import { explain } from '../../src/domain/refusal.js';
import type { Result } from '../../src/domain/result.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decide, Decider } from '../../src/usecases/approvals/decide.js';
import { brokenInvariants } from '../support/invariants.js';
import type { Services } from '../support/services.js';

export const PEOPLE = Array.from({ length: 20 }, (_, place) => `person${place}@example.com`);

export const deciders = (services: Services): Promise<Decider[]> =>
  Promise.all(PEOPLE.map((email) => services.decider(email)));

type Answer = PromiseSettledResult<Result<Approval>>;

/** Half approve, half deny, all at the same moment. */
function voteTogether(
  decide: Decide,
  people: readonly Decider[],
  approval: ApprovalId,
): Promise<Answer[]> {
  return Promise.allSettled(
    people.map((person, place) =>
      decide(person, {
        approval,
        verdict: place % 2 === 0 ? 'approve' : 'deny',
        reason: `what ${person.person.email} thinks`,
      }),
    ),
  );
}

/** Lets twenty people decide one pending approval with `decide`. Returns the violations as sentences; none when all is well. */
export async function raceProblems(
  services: Services,
  decide: Decide,
  pending: Approval,
): Promise<string[]> {
  const people = await deciders(services);
  const answers = await voteTogether(decide, people, pending.id);
  const stored = await services.store.approvals.find(pending.id);
  if (!stored || stored.status === 'pending') return ['no person decided'];
  const answered = answers.map((answer) => inWords(answer, stored.status));
  const counts = await countsOf(services, pending.id);
  return [
    ...expected('decisions', answered.filter((word) => word === 'decided').length, 1),
    ...expected('learned the result', answered.filter((word) => word === 'informed').length, 19),
    ...answered.filter((word) => word !== 'decided' && word !== 'informed'),
    ...expected('votes', counts.votes, 1),
    ...expected('grants', counts.grants, stored.status === 'approved' ? 1 : 0),
    ...expected('refusals on the audit trail', counts.refusals, 19),
    ...(await brokenInvariants(services.database.dataSource)),
  ];
}

function inWords(answer: Answer, status: Approval['status']): string {
  if (answer.status === 'rejected') return 'one person got an error instead of an answer';
  const result = answer.value;
  if (result.ok) return result.value.status === status ? 'decided' : 'got a wrong result';
  const { refusal } = result;
  const correct = refusal.code === 'already_decided' && refusal.status === status;
  return correct && explain(refusal).includes(status) ? 'informed' : `refused with ${refusal.code}`;
}

const expected = (what: string, found: number, wanted: number) =>
  found === wanted ? [] : [`${what}: ${found} instead of ${wanted}`];

interface Counts {
  readonly votes: number;
  readonly grants: number;
  readonly refusals: number;
}

async function countsOf(services: Services, id: ApprovalId): Promise<Counts> {
  const [counts] = await sqlOn(services.database.dataSource)<Counts>(
    `select (select count(*)::int from vote where approval_id = $1) as votes,
       (select count(*)::int from access_grant where approval_id = $1) as grants,
       (select count(*)::int from audit_event where body ->> 'type' = 'decision_refused' and body ->> 'approval' = $1
          and body ->> 'refusal' = 'already_decided') as refusals`,
    [id],
  );
  return counts ?? { votes: 0, grants: 0, refusals: 0 };
}
