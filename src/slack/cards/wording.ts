/** The fixed words of a card. No agent's text is in them. */

import type { Approval, Vote } from '../../domain/approval.js';
import { spellDuration } from '../../domain/duration.js';
import type { Grant } from '../../domain/grant.js';
import type { SignalKind } from '../../domain/risk-signals.js';
import type { ApprovalStatus, EntryPoint, Operation } from '../../domain/vocabulary.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clipMiddle } from '../format/clip.js';
import { pathOf, shortName } from '../format/resource-names.js';
import { code, escaped, unbroken } from '../format/text-objects.js';

const ELSEWHERE: Record<Exclude<EntryPoint, 'slack'>, string> = {
  dashboard: 'in the dashboard',
  api: 'with the CLI, the SDK or the REST API',
  cli: 'with the CLI, the SDK or the REST API',
};

/** Where to decide a request whose policy accepts no decision from Slack. */
export function decideElsewhere(decideFrom: readonly EntryPoint[]): string {
  const places = decideFrom.flatMap((entry) => (entry === 'slack' ? [] : [ELSEWHERE[entry]]));
  return `Decide this ${[...new Set(places)].join(' or ')}.`;
}

type DisplayedStatus = Exclude<ApprovalStatus, 'pending'> | 'revoked' | 'sent_back' | 'automatic';

function statusOf({ approval, grant }: CardFacts): DisplayedStatus | 'pending' {
  if (grant?.status === 'revoked') return 'revoked';
  if (approval.status === 'denied' && approval.sentBack) return 'sent_back';
  if (approval.status === 'approved' && !approval.settledBy) return 'automatic';
  return approval.status;
}

/** The status of a request within a sentence. */
export const STATUS_WORD: Record<ApprovalStatus, string> = {
  pending: 'pending',
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'withdrawn',
};

/** The same, where a denial may also be a request for a better one. */
export const statusWord = (approval: {
  readonly status: ApprovalStatus;
  readonly sentBack?: boolean | undefined;
}): string =>
  approval.status === 'denied' && approval.sentBack ? 'sent back' : STATUS_WORD[approval.status];

const STATUS: Record<DisplayedStatus, string> = {
  approved: 'Approved',
  automatic: 'Auto-approved',
  denied: 'Denied',
  sent_back: 'Sent back',
  expired: 'Expired',
  cancelled: 'Withdrawn',
  revoked: 'Revoked',
};

/** How often an access was used that has ended: `used 3 times`. */
export function timesUsed(uses: number): string {
  if (uses === 0) return 'never used';
  return `used ${uses === 1 ? 'once' : `${uses} times`}`;
}

/** How often a grant was used: `used 3 times so far`, `used 1 of 5 permitted times`. */
export function grantUses({ status, uses, maxUses }: Grant): string {
  if (uses === 0 && status === 'active') return 'not used yet';
  if (maxUses !== undefined) return `used ${uses} of ${maxUses} permitted times`;
  return timesUsed(uses) + (status === 'active' ? ' so far' : '');
}

/** Room for the resource in a header, which holds 150 characters. A longer name is cut there. */
export const TITLE_PATH = 80;

const VERB: Record<Operation, string> = {
  list: 'list',
  read: 'read',
  write: 'change',
  delete: 'delete',
};

const hasSignal = ({ signals }: Pick<CardFacts, 'signals'>, kind: SignalKind): boolean =>
  signals.some((signal) => signal.kind === kind);

/** What a request asks for at most now: the policy may allow less than when it was requested. In ms. */
export const longestNow = ({ approval, policy }: Pick<CardFacts, 'approval' | 'policy'>): number =>
  Math.min(approval.duration, policy?.maxDuration ?? approval.duration);

const spelled = (ms: number): string => unbroken(spellDuration(ms));

/** `4 secrets`, `1 of 2 secrets`; `resources` where others than secrets are among them. */
export function counted(resources: readonly string[], of = resources.length): string {
  const secrets = resources.every((resource) => resource.startsWith('vsecure://secrets/'));
  const noun = secrets ? 'secret' : 'resource';
  const count = resources.length < of ? `${resources.length} of ${of}` : String(of);
  return unbroken(`${count} ${of === 1 ? noun : `${noun}s`}`);
}

/** The resources of a request; after a decision, those that were granted. */
const concerned = (approval: Approval): readonly string[] =>
  approval.status === 'approved' ? approval.grantedResources : approval.resources;

function subject(approval: Approval): string {
  const resources = concerned(approval);
  const [only = ''] = resources;
  return resources.length === 1
    ? clipMiddle(pathOf(only), TITLE_PATH)
    : counted(resources, approval.resources.length);
}

/** The header: the whole question, or what became of it. Plain text. */
export function headline(facts: CardFacts): string {
  const { approval } = facts;
  const status = statusOf(facts);
  const what = `${VERB[approval.operation]} ${subject(approval)}`;
  if (status === 'pending') return question(facts, what);
  const granted = approval.status === 'approved' && status !== 'revoked';
  return `${STATUS[status]}: ${what}${granted ? ` for ${spelled(approval.granted)}` : ''}`;
}

/** What stands before the question where the policy says `sensitivity: high`. */
const HIGH = '▲ High sensitivity:';

function question(facts: CardFacts, what: string): string {
  const asked = `${what}${howLong(facts)}?`;
  return facts.policy?.sensitivity === 'high' ? `${HIGH} ${asked}` : capitalized(asked);
}

/** A change or a deletion happens once: its title names no duration. */
function howLong(facts: ListedRequest): string {
  const { operation } = facts.approval;
  const lasting = operation === 'read' || operation === 'list';
  return lasting ? ` for ${spelled(longestNow(facts))}` : '';
}

/** The facts of a request in a list. */
export type ListedRequest = Pick<CardFacts, 'approval' | 'policy' | 'signals'>;

/** The card's question as the first line of a row in a list: mrkdwn, since a name there stands in a code span. */
export function rowTitle(facts: ListedRequest): string {
  const asked = `${grantedTitle(facts.approval)}${howLong(facts)}`;
  return facts.policy?.sensitivity === 'high' ? `*${HIGH}* ${asked}` : asked;
}

/** What a grant or a request is for: `*Read* `, the first name in a code span, and the number of the others. */
export function grantedTitle({ operation, resources }: Pick<Grant, 'operation' | 'resources'>) {
  const [first = '', ...more] = resources;
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  return `*${capitalized(VERB[operation])}* ${code(shortName(first))}${others}`;
}

/** What an approval permits, as far as earlier votes still allow it. `chosen`: the person chooses the duration, and stands before that field. */
export function consequence(facts: CardFacts, chosen = false): string {
  const { approval, votes } = facts;
  const left = leftByVotes(approval, votes);
  const duration = Math.min(longestNow(facts), left.duration);
  const lasts = chosen ? 'the time that you choose below' : `${spelled(duration)} or less`;
  const until = approval.operation === 'delete' ? `within ${lasts}` : `for ${lasts}`;
  const untick = left.resources.length > 1 ? ' You can untick some.' : '';
  return `*Approve* lets the AI tool ${permits(facts, left.resources)}, ${until}.${untick}`;
}

function leftByVotes(approval: Approval, votes: readonly Vote[]) {
  const approving = votes.filter(({ verdict }) => verdict === 'approve');
  return {
    duration: Math.min(
      ...approving.map(({ duration }) => duration ?? approval.duration),
      approval.duration,
    ),
    resources: approval.resources.filter((resource) =>
      approving.every(({ resources }) => resources?.includes(resource) ?? true),
    ),
  };
}

function permits(facts: CardFacts, resources: readonly string[]): string {
  const { operation } = facts.approval;
  if (resources.some((resource) => resource.includes('*'))) return PATTERN[operation];
  if (resources.length === 1 && facts.approval.resources.length === 1)
    return permitsOne(facts, operation, resources);
  const those = unbroken(
    resources.length < facts.approval.resources.length
      ? `${resources.length} of these ${facts.approval.resources.length}`
      : `these ${resources.length}`,
  );
  return MANY[operation](those);
}

function permitsOne(
  facts: CardFacts,
  operation: Operation,
  [only = '']: readonly string[],
): string {
  if (operation === 'read' && hasSignal(facts, 'missing')) return 'read it if someone creates it';
  if (operation === 'write' && hasSignal(facts, 'replaces'))
    return 'replace the value with one that it may know, without seeing the old one';
  return (operation === 'read' && RECORDS[only]) || ONE[operation];
}

/** What the server itself keeps. */
const RECORDS: Readonly<Record<string, string>> = {
  'vsecure://audit': 'read the audit trail',
  'vsecure://api-keys': 'see which API keys exist, not the keys themselves',
};

const ONE: Record<Operation, string> = {
  list: 'see its name and dates, not the value',
  read: 'see the value',
  write: 'create it or replace its value with one that it may know, without seeing the old one',
  delete: 'delete it for good',
};

const MANY: Record<Operation, (those: string) => string> = {
  list: (those) => `see the names and dates of ${those}, not the values`,
  read: (those) => `see ${those} values`,
  write: (those) =>
    `create ${those} or replace the values with ones that it may know, without seeing the old ones`,
  delete: (those) => `delete ${those} for good`,
};

const PATTERN: Record<Operation, string> = {
  list: 'see all these names and dates, and later ones, not the values',
  read: 'see all these values, and later ones',
  write:
    'create or replace all these values, and later ones, with ones that it may know, without seeing the old ones',
  delete: 'delete all these for good, and later ones',
};

/** How an access ended. `Ends` while it lasts. */
export function accessEnd(grant: Grant, moment: (at: Date) => string): string {
  if (grant.status === 'active') return `Ends ${moment(grant.endsAt)}.`;
  if (grant.status === 'released') return `Given back ${moment(grant.endedAt ?? grant.endsAt)}.`;
  if (grant.status === 'used_up') return 'All permitted uses are used.';
  return `Ended ${moment(grant.endedAt ?? grant.endsAt)}.`;
}

/** What a locked phone and a screen reader show: the key and the operation, without a resource's name or the agent's words. */
export function fallbackText(facts: CardFacts): string {
  const { approval } = facts;
  const status = statusOf(facts);
  const key = escaped(approval.requester.name);
  const asked = `${VERB[approval.operation]} ${numbered(approval)}`;
  if (status === 'pending') {
    const high = facts.policy?.sensitivity === 'high' ? ', high sensitivity' : '';
    const lasts = ` for ${spelled(longestNow(facts))}`;
    return `Approval needed${high}: key ${key} asks to ${asked}${lasts}.${thingsToCheck(facts)}`;
  }
  if (approval.status !== 'approved' || status === 'revoked')
    return `${STATUS[status]}: the request of key ${key} to ${asked}.`;
  const less = isLess(approval) ? ', less than asked' : '';
  return `${STATUS[status]}${less}: key ${key} may ${asked} for ${spelled(approval.granted)}.`;
}

/** Fewer resources or less time than requested. */
export const isLess = (approval: Extract<Approval, { status: 'approved' }>): boolean =>
  approval.granted < approval.duration ||
  approval.grantedResources.length < approval.resources.length;

function numbered(approval: Approval): string {
  const resources = concerned(approval);
  const [only = ''] = resources;
  if (approval.resources.length === 1 && only.includes('*')) return 'a pattern of secrets';
  return counted(resources, approval.resources.length);
}

/** Without the signal that depends on the agent's words, and without the one that reassures. */
function thingsToCheck({ signals }: CardFacts): string {
  const count = signals.filter(
    ({ kind }) => kind !== 'hidden' && kind !== 'approved_before',
  ).length;
  if (count === 0) return '';
  return ` ${count} ${count === 1 ? 'thing' : 'things'} to check.`;
}

export const capitalized = (text: string): string =>
  text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
