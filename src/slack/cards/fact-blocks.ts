/** What is requested, by which key, for how long, and who may approve it: facts from the database, the same on the card and in every form. */

import type { KnownBlock } from '@slack/types';
import { spellDuration } from '../../domain/duration.js';
import { oneLine, visibleText } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clip } from '../format/clip.js';
import { code, context, moment, mrkdwn, plain, section } from '../format/text-objects.js';
import { contextBlocks } from './context-blocks.js';
import { approverNames, emailName, personName, voterNames } from './mentions.js';
import { resourceBlocks } from './resource-blocks.js';
import { capitalized, consequence } from './wording.js';

const POLICY_NAME_LIMIT = 80;
const REPORT_LIMIT = 300;

/** The facts of a request, without its outcome. */
export function factBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  return [
    ...resourceBlocks(facts.approval),
    { type: 'section', fields: fields(facts, teamId).map(mrkdwn) },
    ...approverBlocks(facts, teamId),
    ...contextBlocks(facts),
    ...automationBlocks(facts.approval.autoReport),
    context(reference(facts)),
  ];
}

function fields(facts: CardFacts, teamId: string): string[] {
  const { approval, owner } = facts;
  const { operation, requester, duration, timesRequested, expiresAt, status, createdAt } = approval;
  const ownerName = owner ? personName(owner, teamId) : emailName(requester.ownerEmail);
  const repeated = timesRequested > 1 ? `${timesRequested} times, first ` : '';
  return [
    `*Access*\n${capitalized(operation)} for ${spellDuration(duration)}, starting when approved`,
    `*Requested by*\nAPI key ${code(requester.name)} of ${ownerName}`,
    `*Requested*\n${repeated}${moment(createdAt)}`,
    ...(status === 'pending' ? [`*Expires*\n${moment(expiresAt)}`] : []),
  ];
}

function approverBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, policy } = facts;
  if (approval.status !== 'pending') return [];
  if (!policy)
    return [section('*Approvers*\nNone: no single policy covers these resources any more')];
  const lines = [`*Approvers*\n${approverNames(facts, teamId)}`];
  if (policy.minApprovals > 1) lines.push(tally(facts, policy.minApprovals, teamId));
  return [section(lines.join('\n')), section(consequence(approval))];
}

/** Why the request was auto-approved, or why a person must decide. Plain text, since it may contain names from a policy. */
function automationBlocks(report: string | undefined): KnownBlock[] {
  if (!report) return [];
  const text = capitalized(clip(oneLine(report), REPORT_LIMIT));
  return [{ type: 'context', elements: [plain(text)] }];
}

function tally(facts: CardFacts, needed: number, teamId: string): string {
  const names = voterNames(facts, teamId);
  const count = facts.votes.filter(({ verdict }) => verdict === 'approve').length;
  return `*Approvals*\n${count} of ${needed}${names && `: ${names}`}`;
}

/** Finds the same request in the CLI and in the audit trail. */
function reference({ approval, policy, digest }: CardFacts): string {
  const name = policy ? ` · policy ${policyName(policy)}` : '';
  return `Request ${code(approval.id)} · digest ${code(digest.slice(0, 8))}${name}`;
}

/** The author of the policy chose the name: it is cleaned and clipped. */
const policyName = ({ name }: { readonly name: string }): string =>
  code(clip(visibleText(name).text.replaceAll('\n', ' '), POLICY_NAME_LIMIT));
