/** What the API's description knows of schemas besides their form: the names of those that have one, and examples. */

import { z } from 'zod';

/** Apart from zod's own registry, so that nothing of it is sent to AI tools, whose schemas are made of the same fields. */
export const described = z.registry<{
  readonly id?: string;
  readonly examples?: readonly string[];
}>();
