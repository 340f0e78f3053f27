/** People in the API. */

import { z } from 'zod';
import { LINK_CODE_TTL, MINUTE } from '../domain/limits.js';
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

/** Only this answer ever contains `code`. */
const linkCode = z.object({ code: z.string(), email: z.string(), expiresAt: timestamp });

export const personRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/people',
    summary: 'List all people, without those who were removed.',
    scopes: ['keys:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(person),
  },
  set: {
    ...noInput,
    method: 'POST',
    path: '/people',
    summary:
      'Add a person, or change their role or active status. A removed person is added again as a member. Needs a human key of an administrator.',
    scopes: ['keys:manage'],
    body: z.strictObject({ email, role: role.optional(), active: z.boolean().optional() }),
    answer: person,
  },
  remove: {
    ...noInput,
    method: 'POST',
    path: '/people/remove',
    summary:
      'Remove a person: revokes their keys and grants for ever, cancels their requests, unlinks their Slack account, and lists them no more. The audit trail keeps what they did. The last administrator stays. Needs a human key of an administrator.',
    scopes: ['keys:manage'],
    body: z.strictObject({ email }),
    answer: person,
  },
  link: {
    ...noInput,
    method: 'POST',
    path: '/people/link',
    summary:
      'Link a person to a Slack account. This can be done only once. Needs a human key of an administrator.',
    scopes: ['keys:manage'],
    body: z.strictObject({ email, teamId: slackTeamId, userId: slackUserId }),
    answer: person,
  },
  code: {
    ...noInput,
    method: 'POST',
    path: '/people/code',
    summary: `Create a code that links the Slack account that enters it. It works once, for ${LINK_CODE_TTL / MINUTE} minutes. Needs a human key. A code for another person needs a human key of an administrator.`,
    scopes: ['approvals:decide', 'keys:manage'],
    /** Default: the owner of the human key in use. */
    body: z.strictObject({ email: email.optional() }),
    answer: linkCode,
  },
} as const satisfies Record<string, Route>;
