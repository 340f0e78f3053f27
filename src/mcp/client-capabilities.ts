/** What a client can show to the person in front of it, by what it declares: the `elicitation` among its capabilities. */

import { z } from 'zod';

export interface Shown {
  readonly forms: boolean;
  /** Addresses to open. */
  readonly addresses: boolean;
}

const elicitation = z.object({ form: z.unknown().optional(), url: z.unknown().optional() });

/** A bare `elicitation` means forms, as it did before there were others. */
export function shownBy(declared: unknown): Shown {
  const able = elicitation.safeParse(declared).data;
  return { forms: able !== undefined && (!!able.form || !able.url), addresses: !!able?.url };
}
