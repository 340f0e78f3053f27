/** What is asked, by whom, for how long, and who may say so: facts of the database, the same on the card and in every form. */

import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../domain/duration.js';
import { oneLine, visibleText } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clip } from '../format/clip.js';
import { code, context, moment, mrkdwn, plain, section } from '../format/text-objects.js';
import { contextBlocks } from './context-blocks.js';
import { approverNames, emailName, personName, voterNames } from './mentions.js';
import { resourceBlocks } from './resource-blocks.js';
import { consequence } from './wording.js';

const POLICY_NAME_SHOWN = 80;
const REPORT_SHOWN = 300;

/** The facts of a request, without its outcome. */
export function factBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  return [
    ...resourceBlocks(facts.approval),
    { type: 'section', fields: fields(facts, teamId).map(mrkdwn) },
    ...decidingBlocks(facts, teamId),
    ...contextBlocks(facts),
    ...automationBlocks(facts.approval.autoReport),
    context(reference(facts)),
  ];
}

function fields(facts: CardFacts, teamId: string): string[] {
  const { approval, owner } = facts;
  const { operation, requester, duration, timesRequested, expiresAt, status, createdAt } = approval;
  const ownerName = owner ? personName(owner, teamId) : emailName(requester.ownerEmail);
  return [
    `*Access*\n${operation}, for ${formatDuration(duration)} from the approval on`,
    `*Requested by*\nkey ${code(requester.name)} of ${ownerName}`,
    `*Asked*\n${timesRequested > 1 ? `${timesRequested} times` : 'once'}, first ${moment(createdAt)}`,
    ...(status === 'pending' ? [`*Decide before*\n${moment(expiresAt)}`] : []),
  ];
}

function decidingBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, policy } = facts;
  if (approval.status !== 'pending') return [];
  if (!policy)
    return [section('*May decide*\nnobody: no single policy covers these resources any more')];
  const lines = [`*May decide*\n${approverNames(facts, teamId)}`];
  if (policy.minApprovals > 1) lines.push(tally(facts, policy.minApprovals, teamId));
  return [section(lines.join('\n')), section(`*${consequence(approval)}*`)];
}

/** Why a person is asked, or why nobody was. It may hold names out of a policy: plain text. */
function automationBlocks(report: string | undefined): KnownBlock[] {
  if (!report) return [];
  const text = clip(oneLine(report), REPORT_SHOWN);
  const sentence = text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return [{ type: 'context', elements: [plain(sentence)] }];
}

function tally(facts: CardFacts, needed: number, teamId: string): string {
  const names = voterNames(facts, teamId);
  const count = facts.votes.filter(({ verdict }) => verdict === 'approve').length;
  return `*Votes*\n${count} of ${needed}${names && `: ${names}`}`;
}

/** To find the same request in the CLI and on the audit trail. */
function reference({ approval, policy, digest }: CardFacts): string {
  const name = policy ? ` · policy ${policyName(policy)}` : '';
  return `Request ${code(approval.id)} · ${code(`#${digest.slice(0, 8)}`)}${name}`;
}

/** Whoever wrote the policy chose it. */
const policyName = ({ name }: { readonly name: string }): string =>
  code(clip(visibleText(name).text.replaceAll('\n', ' '), POLICY_NAME_SHOWN));
