/**
 * `vsecure login`: a terminal asks and shows a code, its person confirms the code in Slack, and the terminal takes a human key, once.
 * After the device flow of RFC 8628: the code is short because people type it, and therefore lives for ten minutes and is never
 * enough without the secret that only the terminal has.
 */

import { personActor } from '../../domain/audit-event.js';
import { DAY, MINUTE } from '../../domain/limits.js';
import type { Person } from '../../domain/person.js';
import type { HashText } from '../../domain/request-digest.js';
import { type Result, refused } from '../../domain/result.js';
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
import { createFailedAttempts } from './count-failed-attempts.js';
import { keyDetails, makeKey, type NewKey } from './manage-keys.js';

export interface BegunLogin {
  readonly id: LoginId;
  /** For the person: like `WDJB-MJHT`. */
  readonly code: string;
  /** For the terminal alone. */
  readonly secret: string;
  readonly expiresAt: Date;
}

export interface LoginUseCases {
  /** Anybody may begin; nothing comes of it without a person. */
  begin(device: string, address: string): Promise<Result<BegunLogin>>;
  /** What this code would log in, for its person to look at. Wrong codes of one person are counted. */
  look(person: Person, code: string): Promise<Result<Login>>;
  /** The person must have proved who they are. */
  confirm(person: Person, id: LoginId): Promise<Result<Login>>;
  /** `waiting`, and once it is confirmed the key: that once. */
  take(id: LoginId, secret: string): Promise<Result<NewKey | 'waiting'>>;
}

export interface LoginParts {
  readonly store: Store;
  readonly hasher: KeyHasher;
  readonly makeId: MakeId;
  readonly makeToken: MakeToken;
  /** Keyed: the codes are short. */
  readonly fingerprint: HashText;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
  /** Undefined while no Slack is connected. */
  readonly directory: () => Directory | undefined;
}

const TTL = 10 * MINUTE;
const KEY_TTL = 90 * DAY;
/** At once, of everybody: who begins is not known. */
const OPEN_MAX = 100;
/** Wrong codes of one person within `TTL`: with a hundred codes open, none is ever guessed. */
const WRONG_MAX = 5;

const WITHOUT_SLACK = {
  code: 'not_allowed',
  needs:
    'Slack, in which its person would confirm it, and none is connected here. An administrator makes the key instead: vsecure keys:create --class human',
} as const;

export function createLogin(parts: LoginParts): LoginUseCases {
  const { store, fingerprint } = parts;
  const wrong = createFailedAttempts(parts.stopwatch, WRONG_MAX, TTL);
  return {
    async begin(device, address) {
      if (!parts.directory()) return refused(WITHOUT_SLACK);
      const [code, secret] = [makeCode(parts.makeToken), parts.makeToken(32)];
      return store.transaction(async (tx) => {
        if ((await tx.logins.open()) >= OPEN_MAX) return refused({ code: 'unavailable' });
        const login = await tx.logins.insert({
          id: parts.makeId('lgin'),
          codeHash: fingerprint(`login code ${plain(code)}`),
          secretHash: fingerprint(`login secret ${secret}`),
          device,
          address,
          ttl: TTL,
        });
        return { ok: true, value: { id: login.id, code, secret, expiresAt: login.expiresAt } };
      });
    },

    async look({ id }, code) {
      if (wrong.tooMany(id)) return refused({ code: 'too_many_codes' });
      const login = await store.logins.byCode(fingerprint(`login code ${plain(code)}`));
      if (login) return { ok: true, value: login };
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
        return { ok: true, value: login };
      }),

    take: (id, secret) =>
      store.transaction(async (tx) => {
        const taken = await tx.logins.take(id, fingerprint(`login secret ${secret}`));
        if (taken === undefined) return refused({ code: 'invalid_code' });
        if (taken === 'waiting') return { ok: true, value: 'waiting' };
        const person = await tx.people.find(taken);
        if (!person?.active) return refused({ code: 'person_inactive' });
        return keyFor(parts, tx, person, id);
      }),
  };
}

/** An address may hold what a name of a key may not. */
const NAMEABLE = /^[A-Za-z0-9._@+-]{1,122}$/;

/** Keys of one person belong to one principal, which is named after them. */
async function keyFor(
  { hasher, makeId }: LoginParts,
  tx: Tx,
  person: Person,
  login: LoginId,
): Promise<Result<NewKey>> {
  const name = `login.${NAMEABLE.test(person.email) ? person.email : person.id}`;
  const additional = (await tx.principals.byName(name)) !== undefined;
  const wish = { name, class: 'human', owner: person.email, ttl: KEY_TTL, additional } as const;
  const made = await makeKey(tx, hasher, makeId, wish);
  if (!made.ok) return made;
  tx.record({
    type: 'key_created',
    actor: personActor(person),
    principal: made.value.principal.id,
    details: { ...keyDetails(made.value), login },
  });
  return made;
}

/** Twenty letters that cannot be taken for each other and spell no word. RFC 8628, 6.1. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const CODE_LENGTH = 8;

function makeCode(makeToken: MakeToken): string {
  // Bytes above the last multiple of twenty are left out, so that each letter is as likely as the others.
  const bytes = [...Buffer.from(makeToken(64), 'base64url')].filter((byte) => byte < 240);
  const letters = bytes.slice(0, CODE_LENGTH).map((byte) => LETTERS[byte % LETTERS.length]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** As it is typed: with or without the hyphen, in any case. */
const plain = (code: string) => code.toUpperCase().replaceAll(/[^A-Z]/g, '');
