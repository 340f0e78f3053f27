/**
 * Announces policy changes: the destination `slack_policy_change`. Each change is posted once and never updated; a broken connection may
 * make it two posts, which does no harm.
 */

import { z } from 'zod';
import type { DeliveryResult, PolicyReads } from '../../ports/index.js';
import { policyChangeCard } from '../cards/policy-change-card.js';
import { isChannelTrouble, webFailure } from '../client/web-failure.js';
import {
  createPoster,
  type Job,
  type Poster,
  type PostingParts,
  post,
  SENT,
} from './channel-posting.js';

export interface PolicyPosterParts extends PostingParts {
  readonly readPolicyChange: PolicyReads['change'];
}

export function createPolicyPoster(parts: PolicyPosterParts): Poster {
  return createPoster(parts, (job) => announce(parts, job));
}

const policyId = z.templateLiteral(['plcy_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);
const version = z.string().regex(/^[1-9]\d{0,9}$/);
/** The store writes `<policy>:<version>`. */
const subject = z.tuple([policyId, version.transform(Number)]);

async function announce(
  parts: PolicyPosterParts,
  { leased, signal }: Job,
): Promise<DeliveryResult> {
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
    // The change that sets a mistyped channel, and the one that corrects it, go to the default channel.
    if (!channel || !isChannelTrouble(webFailure(error)?.code ?? '')) throw error;
    return post(parts, signal, { compose });
  }
}
