/** A REST call as data: the server validates with it, the client is typed by it, and both read the same line. */

import { z } from 'zod';
import type { Scope } from '../domain/vocabulary.js';

/** Takes an empty object only: an unknown field is refused, never ignored. */
const emptyObject = z.strictObject({});

/** What a route takes unless it says otherwise. */
export const noInput = { params: emptyObject, query: emptyObject, body: emptyObject } as const;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below `/api/v1`; parameters as `:name`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Any one of these opens the route; none: every good key does, and sees what is its own. */
  readonly scopes: readonly Scope[];
  /** It needs no key, and is for who has none yet. */
  readonly public?: true;
  /** Every call is recorded and may use a grant up, so a client repeats it only when it was surely not made. */
  readonly counted?: true;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly answer: z.ZodType;
}

/** One page of a list; `next` is the cursor of the page after it, absent on the last. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional() });

/** Where all routes begin. */
export const API_BASE = '/api/v1';
