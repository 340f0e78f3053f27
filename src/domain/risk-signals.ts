/**
 * What an approver should check before deciding: a pure function of facts on record. No model and no text of an agent takes part, except that hidden
 * characters in it are counted. The card, the App Home, the digest, the API and the command line show the same signals in the same order.
 */

import { spellDuration } from './duration.js';
import { DAY, HOUR, MINUTE } from './limits.js';
import { coverage } from './pattern.js';
import { hiddenCharacters } from './untrusted-text.js';
import type { Operation } from './vocabulary.js';

/** Most serious first. The first eleven are serious: ⚠; the others are marked •. */
export const SIGNAL_KINDS = [
  'deletes',
  'pattern',
  'replaces',
  'missing',
  'hidden',
  'denied',
  'new_key',
  'loosened',
  'unusual_hour',
  'frequent',
  'unchecked',
  'long',
  'other_access',
  'first_time',
  'approved_before',
] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** A piece of a signal's sentence. Instants are ISO 8601; `name` comes from the database. */
export type SignalPart =
  | string
  | { readonly strong: string }
  | { readonly name: string }
  | { readonly ago: string }
  | { readonly at: string };

/** Plain JSON, so that the signals of a decision are stored as they were shown. */
export interface RiskSignal {
  readonly kind: SignalKind;
  readonly parts: readonly SignalPart[];
}

/** What a key asked for and got before, by the database's clock. */
export interface RequestRecord {
  readonly keyCreatedAt: Date;
  /** Earlier requested resources and patterns that cover a resource of this request. */
  readonly requestedBefore: readonly string[];
  /** The newest denial of an overlapping request in the last 24 hours. What was sent back does not count. */
  readonly lastDenied?: { readonly at: Date; readonly by: string } | undefined;
  /** Approvals that granted all of these resources. */
  readonly approved?: { readonly times: number; readonly last: Date } | undefined;
  /** Other requests of this key in the last 24 hours. */
  readonly requestsInDay: number;
  /** Median of the 30 days before, of those with requests. Undefined without any. */
  readonly usualInDay?: number | undefined;
  /** Requests of the last 30 days, on how many days, and how many of them within two hours of this time of the day. */
  readonly hours: { readonly requests: number; readonly days: number; readonly near: number };
  /** Median of the last 20 grants under the policy, in ms. Undefined when there are fewer. */
  readonly usualDuration?: number | undefined;
  /** Other resources in this key's active grants. */
  readonly otherAccess?: { readonly count: number; readonly until: Date } | undefined;
  readonly loosened?:
    | { readonly at: Date; readonly by: string; readonly isNew: boolean }
    | undefined;
}

/** Which secrets the requested names stand for. */
export interface NamedSecrets {
  /** Requested names that exist. */
  readonly existing: readonly string[];
  readonly missing: readonly { readonly name: string; readonly closest?: string | undefined }[];
  /** Secrets that a requested pattern covers now, sorted; `atLeast` when there are more than were read. */
  readonly matched: readonly string[];
  readonly atLeast: boolean;
}

export interface RiskFacts {
  readonly operation: Operation;
  readonly resources: readonly string[];
  /** Milliseconds. */
  readonly duration: number;
  /** The agent's words: only counted. */
  readonly words: readonly string[];
  readonly policyName?: string | undefined;
  /** Texts of the policy's time windows when none of them was open at the time of the request. */
  readonly outsideWindows?: readonly string[] | undefined;
  /** Does the policy set time windows? Then the key's own habits do not count. */
  readonly hasWindows: boolean;
  /** Undefined when it could not be read in time. */
  readonly record?: RequestRecord | undefined;
  readonly secrets?: NamedSecrets | undefined;
  readonly now: Date;
}

/** Signals on a card, apart from the one that counts hidden characters. */
const SHOWN_MAX = 3;

/** Serious signals are marked ⚠, the others •. */
export const isSerious = ({ kind }: Pick<RiskSignal, 'kind'>): boolean =>
  SIGNAL_KINDS.indexOf(kind) <= SIGNAL_KINDS.indexOf('unchecked');

/**
 * The signals for a place with little room, and the number of the others. Hidden characters take no other signal's place: then an agent could choose
 * what the approver sees.
 */
export function foremost(signals: readonly RiskSignal[]): {
  readonly shown: readonly RiskSignal[];
  readonly more: number;
} {
  const facts = signals.filter(({ kind }) => kind !== 'hidden');
  const kept = facts.slice(0, SHOWN_MAX);
  const shown = signals.filter((signal) => signal.kind === 'hidden' || kept.includes(signal));
  return { shown, more: facts.length - kept.length };
}

const RISK: Record<Operation, number> = { delete: 0, write: 1, read: 2, list: 3 };

/** The order of requests in every list: deletions first, then changes; of the same operation, the first to be decided. */
export const mostUrgentFirst = (a: Urgency, b: Urgency): number =>
  RISK[a.operation] - RISK[b.operation] || a.expiresAt.getTime() - b.expiresAt.getTime();

interface Urgency {
  readonly operation: Operation;
  readonly expiresAt: Date;
}

/** All signals, most serious first. */
export function riskSignals(facts: RiskFacts): readonly RiskSignal[] {
  const found = SIGNAL_KINDS.filter((kind) => kind !== 'approved_before').flatMap((kind) => {
    const signal = FINDERS[kind](facts);
    return signal ? [{ kind, ...signal }] : [];
  });
  const others = found.filter(({ kind }) => kind !== 'hidden');
  const before = others.length === 0 ? approvedBefore(facts) : undefined;
  return before ? [...found, { kind: 'approved_before', ...before }] : found;
}

type Found = Omit<RiskSignal, 'kind'> | undefined;

const strong = (text: string): SignalPart => ({ strong: text });
const ago = (at: Date): SignalPart => ({ ago: at.toISOString() });
const isPattern = (resource: string): boolean => resource.includes('*');
const within = (at: Date, now: Date, ms: number): boolean => now.getTime() - at.getTime() < ms;

const FINDERS: Record<Exclude<SignalKind, 'approved_before'>, (facts: RiskFacts) => Found> = {
  deletes: ({ operation }) =>
    operation === 'delete'
      ? {
          parts: [strong('Deletes for good.'), ' vsecure keeps no copy.'],
        }
      : undefined,

  pattern({ resources, secrets }) {
    if (!resources.some(isPattern)) return undefined;
    if (!secrets)
      return {
        parts: [strong('Pattern:'), ' every secret that matches, later ones too.'],
      };
    const count = counted(secrets);
    const later = ' and every later one that matches.';
    return {
      parts: [strong(`Pattern: ${count} now`), ...someNames(secrets), later],
    };
  },

  replaces({ operation, resources, secrets }) {
    const count = operation === 'write' ? (secrets?.existing.length ?? 0) : 0;
    if (count === 0) return undefined;
    const what =
      resources.length === 1
        ? 'Replaces the value.'
        : `Replaces ${count} of these ${resources.length} values.`;
    return {
      parts: [strong(what), ' What uses the old value may stop working.'],
    };
  },

  missing({ operation, resources, secrets }) {
    const missing = operation === 'write' ? [] : (secrets?.missing ?? []);
    const [first, ...others] = missing;
    if (!first) return undefined;
    const closest = missing.find((one) => one.closest !== undefined)?.closest;
    const what =
      resources.length === 1
        ? 'No secret has this name.'
        : others.length === 0
          ? 'No secret has one of these names:'
          : `No secret has ${missing.length} of these names:`;
    const rest = others.length === 0 ? '.' : ' and others.';
    const named: SignalPart[] = resources.length === 1 ? [] : [' ', { name: first.name }, rest];
    return {
      parts: [
        strong(what),
        ...named,
        ...(closest === undefined ? [] : [' Closest: ', { name: closest }, '.']),
      ],
    };
  },

  hidden({ words }) {
    const count = words.reduce((sum, text) => sum + hiddenCharacters(text), 0);
    if (count === 0) return undefined;
    const what =
      count === 1 ? '1 hidden character' : `${count.toLocaleString('en-US')} hidden characters`;
    return { parts: [strong(what), ' in the AI tool’s words.'] };
  },

  denied({ record, now }) {
    const denied = record?.lastDenied;
    if (!denied || !within(denied.at, now, DAY)) return undefined;
    return {
      parts: [strong('Denied before'), ' by ', { name: denied.by }, ' ', ago(denied.at), '.'],
    };
  },

  new_key({ record, now }) {
    if (!record || !within(record.keyCreatedAt, now, DAY)) return undefined;
    return {
      parts: [strong('New API key:'), ' created ', ago(record.keyCreatedAt), '.'],
    };
  },

  loosened({ record, now }) {
    const change = record?.loosened;
    if (!change || !within(change.at, now, DAY)) return undefined;
    const what = change.isNew ? 'New policy' : 'Policy loosened';
    return {
      parts: [strong(what), ' ', ago(change.at), ' by key ', { name: change.by }, '.'],
    };
  },

  unusual_hour({ record, outsideWindows, hasWindows, policyName }) {
    if (outsideWindows)
      return {
        parts: [
          strong('Outside hours:'),
          ' policy ',
          { name: policyName ?? '' },
          ' names ',
          { name: outsideWindows.join(', ') },
          '.',
        ],
      };
    const hours = record?.hours;
    if (hasWindows || !hours || hours.requests < 20 || hours.days < 5 || hours.near > 0)
      return undefined;
    return {
      parts: [
        strong('Unusual hour:'),
        ` none of this key’s ${hours.requests} requests in 30 days came at this time.`,
      ],
    };
  },

  frequent({ record }) {
    const count = record?.requestsInDay ?? 0;
    const usual = record?.usualInDay ?? 0;
    if (count < 5 || count <= 3 * usual) return undefined;
    const habit = usual === 0 ? 'made none before' : `usually makes ${Math.round(usual)}`;
    return {
      parts: [strong(`${count} other requests in 24 hours;`), ` this key ${habit}.`],
    };
  },

  unchecked: ({ record, secrets }) =>
    record && secrets
      ? undefined
      : {
          parts: [strong('Not checked:'), ' the record could not be read in time.'],
        },

  long({ duration, record }) {
    const usual = record?.usualDuration;
    if (usual === undefined || duration < 4 * HOUR || duration <= 2 * usual) return undefined;
    return {
      parts: [strong('Long:'), ` usually ${about(usual)} under this policy.`],
    };
  },

  other_access({ record }) {
    const other = record?.otherAccess;
    if (!other) return undefined;
    const what = other.count === 1 ? '1 other resource' : `${other.count} other resources`;
    return {
      parts: [
        strong('Has access now'),
        ` to ${what}, the last ends `,
        { at: other.until.toISOString() },
        '.',
      ],
    };
  },

  first_time({ resources, record }) {
    if (!record) return undefined;
    const { coversAll } = coverage(record.requestedBefore);
    const fresh = resources.filter((resource) => !coversAll([resource]));
    if (fresh.length === 0) return undefined;
    const [only = ''] = resources;
    const what =
      resources.length > 1
        ? fresh.length === resources.length
          ? 'all of these'
          : `${fresh.length} of these`
        : isPattern(only)
          ? 'this pattern'
          : only.startsWith('vsecure://secrets/')
            ? 'this secret'
            : 'this';
    return { parts: [strong('First time'), ` this key asks for ${what}.`] };
  },
};

function approvedBefore({ record }: RiskFacts): Found {
  const approved = record?.approved;
  if (!approved) return undefined;
  const times = approved.times === 1 ? 'once' : `${approved.times} times, last`;
  return {
    parts: [strong('Approved before:'), ` ${times} `, ago(approved.last), '.'],
  };
}

/** `14 secrets`, `1 secret`, `1,000 secrets or more`. */
function counted({ matched, atLeast }: NamedSecrets): string {
  const count = matched.length.toLocaleString('en-US');
  return `${count} ${matched.length === 1 ? 'secret' : 'secrets'}${atLeast ? ' or more' : ''}`;
}

const NAMED_MAX = 3;

function someNames({ matched }: NamedSecrets): SignalPart[] {
  if (matched.length === 0) return [];
  const named = matched.slice(0, NAMED_MAX).flatMap((uri, place): SignalPart[] => {
    const name = { name: uri.slice(uri.lastIndexOf('/') + 1) };
    return place === 0 ? [name] : [', ', name];
  });
  const more = matched.length - NAMED_MAX;
  return [' (', ...named, more > 0 ? `, ${more.toLocaleString('en-US')} more)` : ')'];
}

/** Rounded: a median says no more than that. */
function about(ms: number): string {
  const unit = ms < HOUR ? MINUTE : HOUR;
  return spellDuration(Math.round(ms / unit) * unit);
}

/** How each signal is computed, for the details. */
export const SIGNAL_MEANING: Readonly<Record<SignalKind, string>> = {
  deletes: 'the operation removes the value and all its versions.',
  pattern: 'a requested name holds `*`. Secrets under a narrower policy are not counted.',
  replaces: 'a secret with this name exists.',
  missing: 'no secret has this name now. Closest: at most two letters differ.',
  hidden:
    'marks that you cannot see, such as those that turn the reading direction. Below they are spelled out.',
  denied: 'a person denied an overlapping request of this API key in the last 24 hours.',
  new_key: 'created less than 24 hours ago.',
  loosened: 'in the last 24 hours a change of the policy made more possible.',
  unusual_hour:
    'compared with the hours in the policy, or else with at least 20 requests of 30 days: none within two hours of this time of the day.',
  frequent: 'at least 5, and more than three times its median day of 30 days.',
  unchecked: 'a question to the database took too long. Look at the audit trail before you decide.',
  long: 'at least 4 hours, and more than twice the median of the last 20 grants under this policy.',
  other_access: 'active grants of this API key for other resources.',
  first_time: 'no earlier request of this API key for this, nor for a pattern that covers it.',
  approved_before: 'requests of this API key for all of this that were granted.',
};

/** The sentence without markup; `clock` writes instants. */
export const signalText = (
  { parts }: Pick<RiskSignal, 'parts'>,
  clock: (iso: string) => string,
): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('strong' in part) return part.strong;
      if ('name' in part) return part.name;
      return clock('ago' in part ? part.ago : part.at);
    })
    .join('');
