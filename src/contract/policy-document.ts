/** The document that sets a policy: the same in REST, the SDK and the policy file. */

import { z } from 'zod';
import { accepts } from './accepted-values.js';
import { sideOf } from './field-pair.js';
import { policyFields } from './policy-fields.js';
import { described } from './schema-names.js';

/** Strict: to ignore a rule that is misspelt is worse than to refuse the document. */
export const policyDocument = z.strictObject(
  sideOf(policyFields, 'document'),
  accepts('a policy: fields such as uri and approvers'),
);
described.add(policyDocument, { id: 'PolicyDocument' });
export type PolicyDocument = z.input<typeof policyDocument>;
