/** `vsecure login` in the API. These are the only calls that need no key, because a person uses them to get one. */

import { z } from 'zod';
import { accepts } from './accepted-values.js';
import { timestamp } from './fields.js';
import { key } from './key.js';
import { noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const id = z.templateLiteral(
  ['lgin_', z.string().regex(/^[0-9A-Za-z]{22}$/)],
  accepts('a login id', 'the id that POST /login returned'),
);

/** Name that the terminal gives itself. Unverified; shown to the person who confirms the login. */
const device = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}]+$/u, accepts('a device name', 'printable characters'));

const begun = z.object({
  id,
  /** The code that the person types in Slack, like `WDJB-MJHT`. */
  code: z.string(),
  /** Known only to the terminal. */
  secret: z.string(),
  expiresAt: timestamp,
});
export type WireLogin = z.output<typeof begun>;

/** `token` is the key itself. Only this answer ever contains it. */
const confirmed = z.object({ status: z.literal('done'), token: z.string(), key });
export type WireConfirmedLogin = z.output<typeof confirmed>;

const taken = z.discriminatedUnion('status', [
  z.object({ status: z.literal('waiting') }),
  confirmed,
]);
described.add(taken, { id: 'TakenLogin' });

export const loginRoutes = {
  begin: {
    ...noInput,
    method: 'POST',
    path: '/login',
    summary: 'Start a login for a human key. The person confirms the code in Slack.',
    scopes: [],
    public: true,
    body: z.strictObject({ device }),
    answer: begun,
  },
  take: {
    ...noInput,
    method: 'POST',
    path: '/login/take',
    summary: 'Fetch the key, once, after the person has confirmed the code.',
    scopes: [],
    public: true,
    body: z.strictObject({ id, secret: z.string().min(1).max(100) }),
    answer: taken,
  },
} as const satisfies Record<string, Route>;
