/** What a client can show to its user, according to the `elicitation` capability that it declares. */

import { z } from 'zod';

export interface ElicitationSupport {
  readonly forms: boolean;
  /** The client can show a link for its user to open. */
  readonly links: boolean;
}

const elicitation = z.object({ form: z.unknown().optional(), url: z.unknown().optional() });

/** An empty `elicitation` object means forms, as in the protocol versions that had only forms. */
export function elicitationSupportOf(capability: unknown): ElicitationSupport {
  const declared = elicitation.safeParse(capability).data;
  return {
    forms: declared !== undefined && (!!declared.form || !declared.url),
    links: !!declared?.url,
  };
}
