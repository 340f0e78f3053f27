/** Policies on the wire, one by one. */

import { z } from 'zod';
import { sideOf } from './field-pair.js';
import { page } from './fields.js';
import { policyDocument } from './policy-document.js';
import { policyFields } from './policy-fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const policy = z.object({
  id: z.string(),
  version: z.int(),
  ...sideOf(policyFields, 'answer'),
});
described.add(policy, { id: 'Policy' });
export type WirePolicy = z.output<typeof policy>;

/** `warnings` are sentences for the author; the policy is in force all the same. */
export const configured = z.object({ policy, warnings: z.array(z.string()) });
described.add(configured, { id: 'Configured' });
export type WireConfigured = z.output<typeof configured>;

export const policyRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/resources',
    summary: 'The policies in force.',
    scopes: ['resources:manage', 'approvals:read'],
    query: z.strictObject(page.shape),
    answer: listOf(policy),
  },
  merge: {
    ...noInput,
    method: 'PATCH',
    path: '/resources',
    summary: 'Merge into the policy of a pattern, or create it.',
    scopes: ['resources:manage'],
    body: policyDocument,
    answer: configured,
  },
  replace: {
    ...noInput,
    method: 'PUT',
    path: '/resources',
    summary: 'Replace the policy of a pattern. A field that you leave out gets its default.',
    scopes: ['resources:manage'],
    body: policyDocument,
    answer: configured,
  },
} as const satisfies Record<string, Route>;
