/** People on the wire. */

import { z } from 'zod';
import { email, role, slackTeamId, slackUserId } from './fields.js';
import { bare, listOf, type Route } from './route.js';

const person = z.object({
  id: z.string(),
  email: z.string(),
  role,
  active: z.boolean(),
  slack: z.array(z.object({ teamId: z.string(), userId: z.string() })),
});
export type WirePerson = z.output<typeof person>;

export const personRoutes = {
  list: {
    ...bare,
    method: 'GET',
    path: '/people',
    summary: 'Everybody vsecure knows.',
    answer: listOf(person),
  },
  set: {
    ...bare,
    method: 'POST',
    path: '/people',
    summary: 'Add a person, or change their role or whether they are active.',
    body: z.strictObject({ email, role: role.optional(), active: z.boolean().optional() }),
    answer: person,
  },
  link: {
    ...bare,
    method: 'POST',
    path: '/people/link',
    summary: 'Link a person to a Slack account, once.',
    body: z.strictObject({ email, teamId: slackTeamId, userId: slackUserId }),
    answer: person,
  },
} as const satisfies Record<string, Route>;
