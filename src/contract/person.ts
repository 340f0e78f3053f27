/** People on the wire. */

import { z } from 'zod';
import { email, page, role, slackTeamId, slackUserId, timestamp } from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const person = z.object({
  id: z.string(),
  email: z.string(),
  role,
  active: z.boolean(),
  slack: z.array(z.object({ teamId: z.string(), userId: z.string() })),
});
described.add(person, { id: 'Person' });
export type WirePerson = z.output<typeof person>;

/** `code` is seen in this answer only. */
const linkCode = z.object({ code: z.string(), email: z.string(), expiresAt: timestamp });

export const personRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/people',
    summary: 'Everybody vsecure knows.',
    scopes: ['keys:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(person),
  },
  set: {
    ...noInput,
    method: 'POST',
    path: '/people',
    summary: 'Add a person, or change their role or whether they are active.',
    scopes: ['keys:manage'],
    body: z.strictObject({ email, role: role.optional(), active: z.boolean().optional() }),
    answer: person,
  },
  link: {
    ...noInput,
    method: 'POST',
    path: '/people/link',
    summary: 'Link a person to a Slack account, once.',
    scopes: ['keys:manage'],
    body: z.strictObject({ email, teamId: slackTeamId, userId: slackUserId }),
    answer: person,
  },
  code: {
    ...noInput,
    method: 'POST',
    path: '/people/code',
    summary: 'Make a code that links the Slack account which types it, once, within ten minutes.',
    scopes: [],
    /** Without an address: for the person whose human key this is. */
    body: z.strictObject({ email: email.optional() }),
    answer: linkCode,
  },
} as const satisfies Record<string, Route>;
