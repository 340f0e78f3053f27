/** One-time link codes: a person creates a code with their key and enters it in Slack, which links the Slack account to the person. */

import { asciiLower } from '../../domain/ascii.js';
import { keyActor, personActor } from '../../domain/audit-event.js';
import { LINK_CODE_TTL, MINUTE } from '../../domain/limits.js';
import type { Person } from '../../domain/person.js';
import type { HashText } from '../../domain/request-digest.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { RefusalCode } from '../../domain/vocabulary.js';
import type { Directory, MakeId, Store, Tx } from '../../ports/index.js';
import { changeAs } from '../authorization/change-as.js';
import { createFailedAttempts } from '../authorization/count-failed-attempts.js';
import { strangerActor } from '../authorization/record-foreign-workspace.js';
import { requireAdministrator } from '../authorization/require-administrator.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent, ShownOnce } from '../idempotent.js';
import { memberBehind, type SlackActor } from './identify-slack-user.js';
import { personDetails } from './person-details.js';

export interface LinkCode {
  /** 131 random bits. The code is shown only this once. */
  readonly code: string;
  readonly email: string;
  readonly expiresAt: Date;
}

export interface LinkCodesParts {
  readonly store: Store;
  readonly makeId: MakeId;
  readonly digest: HashText;
  readonly idempotent: Idempotent;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
  /** Undefined while no Slack workspace is connected. */
  readonly directory: () => Directory | undefined;
}

/** A retry with the same idempotency key gets the code again for ten minutes, and is refused with `shown_once` afterwards. */
export type CreateLinkCode = (
  caller: Caller,
  email?: string,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<LinkCode>>;
export type LinkByCode = (slackActor: SlackActor, code: string) => Promise<Result<Person>>;

/** Refused codes of one account. Codes cannot be guessed; this limit keeps the audit trail readable. */
const WRONG_MAX = 5;
const WRONG_WITHIN = 10 * MINUTE;

/** A human key that may decide can create a code for its owner, an administrator's human key for every person. The person's older codes become void. */
export function createCreateLinkCode(parts: LinkCodesParts): CreateLinkCode {
  return (caller, email, idempotencyKey) =>
    changeAs(parts, caller, idempotencyKey, (tx) => makeCode(parts, tx, caller, email), NEW_CODE);
}

const NEW_CODE: ShownOnce<LinkCode, Omit<LinkCode, 'code'>> = {
  split: ({ code, ...rest }) => ({ rest, secret: code }),
  join: (rest, code = '') => ({ code, ...rest }),
  made: ({ email }) => `a code for ${email}`,
};

async function makeCode(
  { makeId, digest }: LinkCodesParts,
  tx: Tx,
  caller: Caller,
  email: string | undefined,
): Promise<Result<LinkCode>> {
  const person = await personFor(tx, caller, email);
  if (!person.ok) return person;
  if (!person.value.active) return refused({ code: 'person_inactive' });
  const code = makeId('link');
  const hash = hashOf(digest, code);
  const { expiresAt } = await tx.linkCodes.save(hash, person.value.id, LINK_CODE_TTL);
  tx.record({
    type: 'link_code_created',
    actor: keyActor(caller),
    details: { person: person.value.id, email: person.value.email },
  });
  return ok({ code, email: person.value.email, expiresAt });
}

async function personFor(tx: Tx, caller: Caller, email?: string): Promise<Result<Person>> {
  const own = caller.principal.class === 'human' && (email ?? caller.owner.email);
  if (own && asciiLower(own) === caller.owner.email) {
    // The linked account may decide, so a key that may not decide gets no code for it.
    const forbidden = requireScope(caller, 'approvals:decide');
    return forbidden && requireAdministrator(caller) ? forbidden : ok(caller.owner);
  }
  if (email === undefined) return refused({ code: 'not_allowed', needs: 'a human key' });
  const forbidden = requireAdministrator(caller);
  if (forbidden) return forbidden;
  const person = await tx.people.byEmail(email);
  return person ? ok(person) : refused({ code: 'not_found' });
}

/** Links once; a link never changes. The account must be allowed to act. Every refused code is recorded. */
export function createLinkByCode(parts: LinkCodesParts): LinkByCode {
  const wrong = createFailedAttempts(parts.stopwatch, WRONG_MAX, WRONG_WITHIN);
  return async (slackActor, code) => {
    const account = `${slackActor.teamId}/${slackActor.userId}`;
    if (wrong.tooMany(account)) return refused({ code: 'too_many_codes' });
    const directory = parts.directory();
    const member = directory && (await memberBehind(directory, slackActor));
    if (!member) return refused({ code: 'unavailable' });
    const answer = member.ok ? await link(parts, slackActor, code) : member;
    if (answer.ok || answer.refusal.code === 'unavailable') return answer;
    wrong.count(account);
    await recordRefusal(parts.store, slackActor, answer.refusal.code);
    return answer;
  };
}

function link({ store, digest }: LinkCodesParts, slackActor: SlackActor, code: string) {
  return store.transaction(async (tx): Promise<Result<Person>> => {
    // Check before redeeming the code, so that a linked account does not use it up.
    if (await tx.people.bySlack(slackActor.teamId, slackActor.userId))
      return refused({ code: 'already_linked' });
    const id = await tx.linkCodes.take(hashOf(digest, code.trim()));
    const person = id && (await tx.people.find(id));
    if (!person) return refused({ code: 'invalid_code' });
    if (!person.active) return refused({ code: 'person_inactive' });
    const { teamId, userId } = slackActor;
    const linked = await tx.people.link(person.id, { teamId, userId });
    if (!linked) return refused({ code: 'already_linked' });
    const details = { ...personDetails(linked), by: 'code' };
    tx.record({ type: 'slack_linked', actor: personActor(linked), details });
    return ok(linked);
  });
}

const hashOf = (digest: HashText, code: string) => Buffer.from(digest(code), 'hex');

function recordRefusal(store: Store, { teamId, userId }: SlackActor, refusal: RefusalCode) {
  return store.transaction(async (tx) => {
    const person = await tx.people.bySlack(teamId, userId);
    tx.record({
      type: 'slack_link_refused',
      actor: person ? personActor(person) : strangerActor(teamId, userId),
      refusal,
      details: { slack: `${teamId}/${userId}` },
    });
  });
}
