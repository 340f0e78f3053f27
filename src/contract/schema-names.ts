/** Names and examples of schemas, for the API description. */

import { z } from 'zod';

/** Separate from zod's own registry, so that MCP tool schemas, which share these fields, do not include it. */
export const described = z.registry<{
  readonly id?: string;
  readonly examples?: readonly string[];
}>();
