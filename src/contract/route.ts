/** A REST call as data. The server validates with it, and the client derives its types from it. */

import { z } from 'zod';
import type { Scope } from '../domain/vocabulary.js';

/** Accepts only an empty object. An unknown field is refused, never ignored. */
const emptyObject = z.strictObject({});

/** The input of a route that defines none. */
export const noInput = { params: emptyObject, query: emptyObject, body: emptyObject } as const;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Path below `/api/v1`, with parameters as `:name`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** The key needs any one of these scopes. Empty: every valid key may call the route and gets only its own data. */
  readonly scopes: readonly Scope[];
  /** The route needs no key, because the caller does not have one yet. */
  readonly public?: true;
  /** Every call is recorded and may use up a grant, so a client retries it only when the server certainly did not carry it out. */
  readonly counted?: true;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly answer: z.ZodType;
}

/** One page of a list. `next` is the cursor of the next page, absent on the last page. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional() });

/** Path prefix of all routes. */
export const API_BASE = '/api/v1';
