/** `vsecure login` on the wire: the only calls that need no key, because they are how a person comes by one. */

import { z } from 'zod';
import { timestamp } from './fields.js';
import { key } from './key.js';
import { noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const id = z.templateLiteral(['lgin_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);

/** What the terminal calls itself. Whoever confirms reads it, and believes it no more than that. */
const device = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}]+$/u);

const begun = z.object({
  id,
  /** For the person to type in Slack: like `WDJB-MJHT`. */
  code: z.string(),
  /** For the terminal alone. */
  secret: z.string(),
  expiresAt: timestamp,
});
export type WireLogin = z.output<typeof begun>;

/** `token` is the key itself: this answer is the only place where it is ever seen. */
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
    summary: 'Ask for a human key; a person confirms the code in Slack.',
    scopes: [],
    public: true,
    body: z.strictObject({ device }),
    answer: begun,
  },
  take: {
    ...noInput,
    method: 'POST',
    path: '/login/take',
    summary: 'Take the key, once, when its person has confirmed the code.',
    scopes: [],
    public: true,
    body: z.strictObject({ id, secret: z.string().min(1).max(100) }),
    answer: taken,
  },
} as const satisfies Record<string, Route>;
