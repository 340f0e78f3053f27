/** All actions on requests, as commands that run against both the product and the model. */

import fc from 'fast-check';
import { expect } from 'vitest';
import type { ApprovalId } from '../../../src/domain/approval.js';
import { MINUTE } from '../../../src/domain/limits.js';
import type { Result } from '../../../src/domain/result.js';
import type { Caller } from '../../../src/domain/rights.js';
import type { Decision } from '../../../src/usecases/approvals/decide.js';
import {
  type Agent,
  type Choice,
  MINUTES_ASKED,
  type Model,
  type Rules,
  WHO,
  type Who,
} from './model.js';

/** The product over any store. The outcome of an action is a status or a refusal code. */
export interface Played {
  readonly ids: ApprovalId[];
  ask(agent: Agent, paths: readonly string[]): Promise<ApprovalId>;
  vote(who: Who, id: ApprovalId, choice: Choice): Promise<string>;
  cancel(agent: Agent, id: ApprovalId): Promise<string>;
  policy(rules: Rules): Promise<unknown>;
  late(id: ApprovalId): Promise<unknown>;
  sweep(): Promise<unknown>;
  /** How a request stands, and what its grant opens and for how many minutes. */
  stands(id: ApprovalId): Promise<{
    status: string;
    granted?: { paths: readonly string[]; minutes: number } | undefined;
  }>;
}

type Command = fc.AsyncCommand<Model, Played>;

const command = (name: string, run: (model: Model, played: Played) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

/** About one of the requests so far; passed over while there is none. */
const about = (
  name: string,
  place: number,
  run: (
    model: Model,
    played: Played,
    request: Model['requests'][number],
    id: ApprovalId,
  ) => Promise<void>,
): Command => ({
  check: ({ requests }) => requests.length > 0,
  toString: () => `${name} #${place}`,
  async run(model, played) {
    // The newest first: most of what can happen to a request happens soon.
    const index = model.requests.length - 1 - (place % model.requests.length);
    const [request, id] = [model.requests[index], played.ids[index]];
    if (!request || !id) throw new Error('the product has fewer requests than the model');
    await run(model, played, request, id);
    const { status, late, granted } = request;
    // A request past its end reads as expired, also before the job has settled it.
    const shown = late && status === 'pending' ? 'expired' : status;
    expect(await played.stands(id)).toEqual({ status: shown, granted });
  },
});

const who = fc.constantFrom<Who[]>(...WHO, 'alice', 'bob');
const agent = fc.constantFrom<Agent[]>('bob', 'carol');
const paths = fc.constantFrom<string[][]>(['A'], ['A', 'B'], ['*', 'deep/A']);
const place = fc.nat({ max: 3 });
const choice: fc.Arbitrary<Choice> = fc.record({
  verdict: fc.constantFrom('approve', 'approve', 'approve', 'deny'),
  paths: fc.option(fc.constantFrom(['A'], ['B'], ['deep/A'], ['A', 'B']), {
    nil: undefined,
    freq: 2,
  }),
  minutes: fc.constantFrom(undefined, 5, 30, MINUTES_ASKED),
});
export const rules: fc.Arbitrary<Rules> = fc.record(
  {
    approvers: fc.constantFrom<Who[][]>(
      ['alice', 'bob'],
      ['alice', 'carol'],
      ['alice', 'bob', 'carol'],
    ),
    minApprovals: fc.constantFrom(1, 2),
    allowSelfApproval: fc.boolean(),
  },
  { noNullPrototype: true },
);

const asks = fc.tuple(agent, paths).map(([one, what]) =>
  command(`${one}'s agent asks for ${what}`, async (model, played) => {
    const request = model.ask(one, what);
    const id = await played.ask(one, what);
    const index = model.requests.indexOf(request);
    expect(played.ids[index] ?? id).toBe(id);
    expect(played.ids.indexOf(id)).toBe(played.ids[index] ? index : -1);
    played.ids[index] = id;
  }),
);
const votes = fc.tuple(who, place, choice).map(([one, which, what]) =>
  about(`${one} ${fc.stringify(what)}`, which, async (model, played, request, id) => {
    expect(await played.vote(one, id, what)).toBe(model.vote(one, request, what));
  }),
);
const cancels = fc.tuple(agent, place).map(([one, which]) =>
  about(`${one}'s agent cancels`, which, async (model, played, request, id) => {
    expect(await played.cancel(one, id)).toBe(model.cancel(one, request));
  }),
);
const runsOut = place.map((which) =>
  about('time runs out', which, async (_, played, request, id) => {
    request.late = true;
    await played.late(id);
  }),
);
const sweeps = fc.constant(
  command('the sweeper comes', async (model, played) => {
    model.sweep();
    await played.sweep();
  }),
);
const changes = rules.map((next) =>
  command(`the policy becomes ${fc.stringify(next)}`, async (model, played) => {
    model.policy(next);
    await played.policy(next);
  }),
);

/** Scripts of several actors. Votes and requests are the most frequent, as in life. */
export const scripts = (maxCommands: number) =>
  fc.commands([asks, votes, asks, votes, votes, votes, cancels, runsOut, sweeps, changes], {
    maxCommands,
    size: 'max',
  });

/** The result of a use case as one word. */
export const outcome = (answer: Result<{ readonly status: string }>): string =>
  answer.ok ? answer.value.status : answer.refusal.code;

export const at = (folder: string) => (path: string) => `vsecure://secrets/${folder}/${path}`;

export const toDecision = (folder: string, approval: ApprovalId, given: Choice): Decision => ({
  approval,
  verdict: given.verdict,
  reason: 'because',
  resources: given.paths?.map(at(folder)),
  duration: given.minutes && given.minutes * MINUTE,
});

export type Agents = Readonly<Record<Agent, Caller>>;
