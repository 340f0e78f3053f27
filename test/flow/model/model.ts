/** A minimal model of the expected behaviour: requests, votes and a policy as plain data. */

import { isDeepStrictEqual } from 'node:util';

export const WHO = ['alice', 'bob', 'carol', 'mallory'] as const;
export type Who = (typeof WHO)[number];
/** Agents by the name of their owner. */
export type Agent = 'bob' | 'carol';
export interface Rules {
  readonly approvers: readonly Who[];
  readonly minApprovals: 1 | 2;
  readonly allowSelfApproval: boolean;
}
export interface Choice {
  readonly verdict: 'approve' | 'deny';
  readonly paths?: readonly string[] | undefined;
  readonly minutes?: number | undefined;
}
interface Request {
  readonly agent: Agent;
  readonly paths: readonly string[];
  status: string;
  by?: Who;
  late?: true;
  seen: Rules;
  yes: readonly {
    readonly who: Who;
    readonly paths: readonly string[];
    readonly minutes: number;
  }[];
  granted?: { readonly paths: readonly string[]; readonly minutes: number };
}

export const MINUTES_ASKED = 60;

const over = ({ status, late }: Request) =>
  status === 'pending' ? late && 'expired' : status === 'expired' ? status : 'already_decided';

/** What each verb answers, and how its request stands afterwards. */
export function createModel(first: Rules) {
  let rules = first;
  const requests: Request[] = [];
  const sweep = () => {
    for (const one of requests) if (one.late && one.status === 'pending') one.status = 'expired';
  };
  return {
    requests,
    sweep,
    policy: (next: Rules) => {
      rules = isDeepStrictEqual(rules, next) ? rules : next;
    },
    ask(agent: Agent, paths: readonly string[]): Request {
      sweep();
      const known = requests.find(
        (one) =>
          one.status === 'pending' && one.agent === agent && isDeepStrictEqual(one.paths, paths),
      );
      const one = known ?? { agent, paths, status: 'pending', seen: rules, yes: [] };
      if (!known) requests.push(one);
      return one;
    },
    cancel(agent: Agent, one: Request): string {
      const why = agent === one.agent ? over(one) : 'not_found';
      if (!why) one.status = 'cancelled';
      return why || 'cancelled';
    },
    vote(who: Who, one: Request, { verdict, paths, minutes = MINUTES_ASKED }: Choice): string {
      const [no, own] = [verdict === 'deny', who === one.agent];
      // A second approval that would grant less is another decision.
      const less =
        (one.granted?.minutes ?? 0) > minutes ||
        one.granted?.paths.some((path) => paths?.includes(path) === false);
      if (one.by === who && one.status === (no ? 'denied' : 'approved') && (no || !less))
        return one.status;
      const late = over(one);
      if (late) return late;
      if (one.seen !== rules) {
        Object.assign(one, { seen: rules, yes: [] });
        return 'policy_changed';
      }
      const why =
        (own && !no && !rules.allowSelfApproval && 'own_request') ||
        (!(own && no) && !rules.approvers.includes(who) && 'not_an_approver') ||
        (one.yes.some((vote) => vote.who === who) && 'already_voted') ||
        (paths?.some((path) => !one.paths.includes(path)) && 'cannot_widen');
      if (why) return why;
      const yes = [...one.yes, { who, paths: paths ?? one.paths, minutes }];
      const common = one.paths.filter((path) => yes.every((vote) => vote.paths.includes(path)));
      const granted = { paths: common, minutes: Math.min(...yes.map((vote) => vote.minutes)) };
      if (no) Object.assign(one, { status: 'denied', by: who });
      else if (yes.length < rules.minApprovals) one.yes = yes;
      else if (common.length === 0) return 'nothing_in_common';
      else Object.assign(one, { status: 'approved', by: who, granted });
      return one.status;
    },
  };
}

export type Model = ReturnType<typeof createModel>;
