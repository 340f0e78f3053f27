/** Reads what a request's risk signals are computed from. It never delays a card: what cannot be read in time is left out, and a signal says so. */

import type { Approval } from '../../domain/approval.js';
import { nearest } from '../../domain/did-you-mean.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { PolicyIndex } from '../../domain/policy/policy-index.js';
import { isWindow, openWindows } from '../../domain/policy/time-window.js';
import {
  type NamedSecrets,
  type RequestRecord,
  type RiskFacts,
  type RiskSignal,
  riskSignals,
} from '../../domain/risk-signals.js';
import type { Reads } from '../../ports/index.js';

/** Milliseconds. A card that waits longer than this for its signals is drawn without them. */
const PATIENCE = 500;
/** Secrets that are counted for a pattern, and read to find a name that was meant. */
const SECRETS_MAX = 1000;

type RiskReads = Pick<Reads, 'approvals' | 'secrets' | 'policies'>;

/** The signals of a request, by the policy that decides it now. `policies` are those that cover its resources. */
export async function readRisks(
  reads: RiskReads,
  approval: Approval,
  policies: PolicyIndex<Policy>,
  policy: Policy | undefined,
  now: Date,
): Promise<readonly RiskSignal[]> {
  const [record, secrets] = await Promise.all([
    inTime(readRecord(reads, approval, policies, policy)),
    inTime(readSecrets(reads, approval, policy)),
  ]);
  const { operation, resources, reason, updatedReason = '', claimedClient = '' } = approval;
  return riskSignals({
    operation,
    resources,
    duration: Math.min(approval.duration, policy?.maxDuration ?? approval.duration),
    words: [reason, updatedReason, claimedClient],
    policyName: policy?.name,
    ...hoursOf(policy, approval.createdAt),
    record,
    secrets,
    now,
  });
}

/** Undefined after an error, too: the card matters more than its signals. */
async function inTime<T>(read: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE);
  });
  try {
    return await Promise.race([read.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A new policy opens something only where a broader one decided before. */
async function readRecord(
  { approvals }: RiskReads,
  approval: Approval,
  policies: PolicyIndex<Policy>,
  policy: Policy | undefined,
): Promise<RequestRecord> {
  const record = await approvals.requestRecord(approval, policy?.id);
  const narrows = policy !== undefined && policies.covering(policy.uri).length > 1;
  return record.loosened?.isNew && !narrows ? { ...record, loosened: undefined } : record;
}

function hoursOf(
  policy: Policy | undefined,
  at: Date,
): Pick<RiskFacts, 'outsideWindows' | 'hasWindows'> {
  const windows = policy?.autoApprove?.conditions?.timeWindow ?? [];
  const readable = Array.isArray(windows) ? windows.filter(isWindow) : [];
  if (readable.length === 0) return { hasWindows: false };
  try {
    if (openWindows(readable, at).length > 0) return { hasWindows: true };
  } catch {
    return { hasWindows: false };
  }
  return { hasWindows: true, outsideWindows: readable.map(({ text }) => text) };
}

const isSecret = (uri: string): boolean => /^vsecure:\/\/(secrets|templates)\//.test(uri);

async function readSecrets(
  reads: RiskReads,
  { resources }: Approval,
  policy: Policy | undefined,
): Promise<NamedSecrets> {
  const named = resources.filter((uri) => isSecret(uri) && !uri.includes('*'));
  const patterns = resources.filter((uri) => isSecret(uri) && uri.includes('*'));
  const existing = named.length > 0 ? await reads.secrets.existing(named) : [];
  const absent = named.filter((uri) => !existing.includes(uri));
  const matched = patterns.length > 0 ? await secretsUnder(reads, patterns, policy) : NONE;
  return { existing, missing: await withClosest(reads, absent, policy), ...matched };
}

const NONE = { matched: [], atLeast: false };

/** Secrets that a grant under this policy reaches: those for which no narrower policy decides. */
async function secretsUnder(
  { secrets, policies }: RiskReads,
  patterns: readonly string[],
  policy: Policy | undefined,
): Promise<Pick<NamedSecrets, 'matched' | 'atLeast'>> {
  const pages = await Promise.all(
    patterns.map((pattern) => secrets.list({ pattern, limit: SECRETS_MAX })),
  );
  const counted = [...new Set(pages.flatMap(({ items }) => items.map(({ path }) => path)))].sort();
  const index = await policies.covering(counted);
  const matched = counted.filter((uri) => index.deciding(uri)?.id === policy?.id);
  return { matched, atLeast: pages.some(({ next }) => next !== undefined) };
}

async function withClosest(
  reads: RiskReads,
  absent: readonly string[],
  policy: Policy | undefined,
): Promise<NamedSecrets['missing']> {
  const folders = new Set(absent.map(folderOf));
  if (folders.size === 0) return [];
  const { matched } = await secretsUnder(
    reads,
    [...folders].map((folder) => `${folder}/*`),
    policy,
  );
  return absent.map((name) => {
    const folder = folderOf(name);
    const beside = matched.filter((uri) => folderOf(uri) === folder).map(nameOf);
    const meant = nearest(nameOf(name), beside);
    return { name, closest: meant === undefined ? undefined : `${folder}/${meant}` };
  });
}

const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));
const nameOf = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);
