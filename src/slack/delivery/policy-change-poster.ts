/**
 * Announces changes of policies: the destination `slack_policy_change`. A change never changes, so each is posted once and never
 * redrawn; after a broken connection perhaps twice, which does no harm.
 */

import { z } from 'zod';
import type { PolicyReads } from '../../ports/index.js';
import { policyChangeCard } from '../cards/policy-change-card.js';
import { isChannelTrouble, webFailure } from '../client/web-failure.js';
import {
  createDelivering,
  type Job,
  type Poster,
  type PostingParts,
  post,
  SENT,
  type Told,
} from './channel-posting.js';

export interface PolicyPosterParts extends PostingParts {
  readonly readPolicyChange: PolicyReads['change'];
}

export function createPolicyPoster(parts: PolicyPosterParts): Poster {
  return createDelivering(parts, (job) => announce(parts, job));
}

const policyId = z.templateLiteral(['plcy_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);
const version = z.string().regex(/^[1-9]\d{0,9}$/);
/** As the store writes it: `<policy>:<version>`. */
const subject = z.tuple([policyId, version.transform(Number)]);

async function announce(parts: PolicyPosterParts, { leased, signal }: Job): Promise<Told> {
  const about = subject.safeParse(leased.subject.split(':')).data;
  const change = about && (await parts.readPolicyChange(...about));
  if (!change) return SENT;
  const metadata = {
    event_type: 'vsecure_policy_change',
    event_payload: { policy_id: change.policy, version: change.version },
  };
  const compose = async () => ({ ...policyChangeCard(change), metadata });
  const { channel } = change;
  try {
    return await post(parts, signal, { compose, channel });
  } catch (error) {
    // A mistyped channel must not keep the change of it, and the one that mends it, from being heard of.
    if (!channel || !isChannelTrouble(webFailure(error)?.code ?? '')) throw error;
    return post(parts, signal, { compose });
  }
}
