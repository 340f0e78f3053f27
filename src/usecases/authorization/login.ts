/**
 * `vsecure login`: a terminal shows a code, a person confirms the code in Slack, and the terminal gets a human key once. This follows
 * the device flow of RFC 8628. The code is short because people type it. It is therefore valid for ten minutes, and useless without
 * the secret that only the terminal has.
 */

import { asciiUpper } from '../../domain/ascii.js';
import { personActor } from '../../domain/audit-event.js';
import { DAY, MINUTE } from '../../domain/limits.js';
import { networksOf } from '../../domain/network.js';
import type { Person } from '../../domain/person.js';
import type { Principal } from '../../domain/principal.js';
import type { HashText } from '../../domain/request-digest.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type {
  Directory,
  KeyHasher,
  Login,
  LoginId,
  MakeId,
  MakeToken,
  Store,
  Tx,
} from '../../ports/index.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { createFailedAttempts } from './count-failed-attempts.js';
import { keyDetails, makeKey, NEW_KEY, type NewKey } from './manage-keys.js';

export interface BegunLogin {
  readonly id: LoginId;
  /** For the person, for example `WDJB-MJHT`. */
  readonly code: string;
  /** Only for the terminal. */
  readonly secret: string;
  readonly expiresAt: Date;
}

export interface LoginUseCases {
  /** Every caller may begin a login. It has no effect until a person confirms it, and takes no other network's place. */
  begin(device: string, address: string): Promise<Result<BegunLogin>>;
  /** The login that this code belongs to, for the person to check. Wrong codes are counted for each person. */
  look(person: Person, code: string): Promise<Result<Login>>;
  /** The adapter must have verified the person's identity. */
  confirm(person: Person, id: LoginId): Promise<Result<Login>>;
  /** `waiting` until the login is confirmed, then the key, once; the same terminal gets it again for ten minutes, because the answer may have been lost. */
  take(id: LoginId, secret: string): Promise<Result<NewKey | 'waiting'>>;
}

export interface LoginParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly hasher: KeyHasher;
  readonly makeId: MakeId;
  readonly makeToken: MakeToken;
  /** A keyed hash, because the codes are short. */
  readonly fingerprint: HashText;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
  /** Undefined while no Slack workspace is connected. */
  readonly directory: () => Directory | undefined;
}

const TTL = 10 * MINUTE;
const KEY_TTL = 90 * DAY;
/** The initiator is not known, so a quota belongs to a network. A person needs one code, a shared office some more. */
const LIMITS = { narrow: 5, wide: 50, all: 10_000 } as const;
/** Wrong codes of one person within `TTL`. With this limit even ten thousand open codes cannot be guessed: there are 20^8. */
const WRONG_MAX = 5;

const WITHOUT_SLACK = {
  code: 'not_allowed',
  needs:
    'a connected Slack workspace, where a person confirms the login. Without Slack, an administrator creates the key: vsecure keys:create --class human',
} as const;

export function createLogin(parts: LoginParts): LoginUseCases {
  const { store, fingerprint } = parts;
  const wrong = createFailedAttempts(parts.stopwatch, WRONG_MAX, TTL);
  return {
    async begin(device, address) {
      if (!parts.directory()) return refused(WITHOUT_SLACK);
      const [code, secret] = [makeCode(parts.makeToken), parts.makeToken(32)];
      return store.transaction(async (tx) => {
        const login = await tx.logins.insert(
          {
            id: parts.makeId('lgin'),
            codeHash: fingerprint(`login code ${normalised(code)}`),
            secretHash: fingerprint(`login secret ${secret}`),
            device,
            address,
            networks: networksOf(address),
            ttl: TTL,
          },
          LIMITS,
        );
        return ok({ id: login.id, code, secret, expiresAt: login.expiresAt });
      });
    },

    async look({ id }, code) {
      if (wrong.tooMany(id)) return refused({ code: 'too_many_codes' });
      const login = await store.logins.byCode(fingerprint(`login code ${normalised(code)}`));
      if (login) return ok(login);
      wrong.count(id);
      return refused({ code: 'invalid_code' });
    },

    confirm: (person, id) =>
      store.transaction(async (tx) => {
        const current = await tx.people.find(person.id);
        if (!current?.active) return refused({ code: 'person_inactive' });
        const login = await tx.logins.confirm(id, person.id);
        if (!login) return refused({ code: 'invalid_code' });
        tx.record({
          type: 'login_confirmed',
          actor: personActor(person),
          details: { login: login.id, device: login.device, address: login.address },
        });
        return ok(login);
      }),

    take: (id, secret) =>
      store.transaction(async (tx) => {
        const taken = await tx.logins.take(id, fingerprint(`login secret ${secret}`));
        if (taken === undefined)
          return takenBefore(parts, tx, id, fingerprint(`login secret ${secret}`));
        if (taken === 'waiting') return ok('waiting');
        const person = await tx.people.find(taken);
        if (!person?.active) return refused({ code: 'person_inactive' });
        const made = await keyFor(parts, tx, person, id);
        if (!made.ok) return made;
        return parts.idempotent(
          tx,
          loginAnswer(made.value.principal, id),
          async () => made,
          NEW_KEY,
        );
      }),
  };
}

/** The answer with the key may have been lost: the terminal gets it again for a few minutes. */
async function takenBefore(
  { idempotent }: LoginParts,
  tx: Tx,
  id: LoginId,
  secretHash: string,
): Promise<Result<NewKey>> {
  const invalid = refused({ code: 'invalid_code' });
  const taker = await tx.logins.takenBy(id, secretHash);
  const person = taker && (await tx.people.find(taker));
  if (!person?.active) return invalid;
  const principal = await tx.principals.byName(await loginName(tx, person));
  if (!principal) return invalid;
  const again = await idempotent(tx, loginAnswer(principal, id), async () => invalid, NEW_KEY);
  return again.ok ? again : invalid;
}

/** Idempotency keys of clients contain no space. */
const loginAnswer = ({ id }: Pick<Principal, 'id'>, login: LoginId): IdempotencyKey => ({
  principal: id,
  key: `login ${login}`,
  request: null,
});

/** E-mail addresses that make a valid key name. Others contain characters that a key name may not have. */
const NAMEABLE = /^[A-Za-z0-9._@+-]{1,122}$/;

/** All login keys of one person belong to one principal, which has the person's name. */
async function loginName(tx: Tx, { id, email }: Person) {
  const byId = `login.${id}`;
  if (!NAMEABLE.test(email)) return byId;
  const isOwn = (one: Principal) => one.owner === id && one.class === 'human';
  // Earlier versions named it by the whole address. It stays the person's principal, also while it is suspended.
  const before = await tx.principals.byName(`login.${email}`);
  if (before && isOwn(before)) return before.name;
  const name = `login.${email.replace('@', '.')}`;
  // Two addresses can make one name, and in earlier versions any key could have it.
  const other = await tx.principals.byName(name);
  return other && !isOwn(other) ? byId : name;
}

async function keyFor(
  { hasher, makeId }: LoginParts,
  tx: Tx,
  person: Person,
  login: LoginId,
): Promise<Result<NewKey>> {
  const name = await loginName(tx, person);
  const additional = (await tx.principals.byName(name)) !== undefined;
  const request = { name, class: 'human', owner: person.email, ttl: KEY_TTL, additional } as const;
  const made = await makeKey(tx, hasher, makeId, request);
  if (!made.ok) return made;
  tx.record({
    type: 'key_created',
    actor: personActor(person),
    principal: made.value.principal.id,
    details: { ...keyDetails(made.value), login },
  });
  return made;
}

/** Twenty letters that are not confused with each other and form no words. RFC 8628, 6.1. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const CODE_LENGTH = 8;

function makeCode(makeToken: MakeToken): string {
  // Bytes above the last multiple of twenty are dropped, so that all letters are equally likely.
  const bytes = [...Buffer.from(makeToken(64), 'base64url')].filter((byte) => byte < 240);
  const letters = bytes.slice(0, CODE_LENGTH).map((byte) => LETTERS[byte % LETTERS.length]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** Accepts the code in upper or lower case, with or without the hyphen. */
const normalised = (code: string) => asciiUpper(code).replaceAll(/[^A-Z]/g, '');
