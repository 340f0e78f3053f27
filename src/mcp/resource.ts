/** What a resource is: something to look at by its address, as far as the caller may see it. Never a value. */

import type { Caller } from '../domain/rights.js';
import type { Listed } from '../ports/index.js';
import type { Suggest } from './completions.js';

/** How a resource, or a family of them, is announced to clients. */
export interface ResourceFace {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: 'application/json';
}

/** One member of a family, as `resources/list` shows it. */
export interface Shown {
  readonly uri: string;
  readonly name: string;
  readonly description?: string | undefined;
}

/** Undefined: it does not exist, or it is not this caller's to see. Nobody can tell which. */
export type Look = (caller: Caller, uri: string) => Promise<object | undefined>;

/** A resource with one address. */
export interface FixedResource {
  readonly uri: string;
  readonly face: ResourceFace;
  readonly look: Look;
}

/** All resources whose addresses begin alike. */
export interface ResourceFamily {
  /** RFC 6570, with one variable at the end. */
  readonly uriTemplate: string;
  /** What every address of the family begins with. */
  readonly prefix: string;
  readonly variable: string;
  readonly face: ResourceFace;
  readonly look: Look;
  readonly suggest: Suggest;
  /** One page, after the cursor of the page before. Absent where the members are not listed. */
  readonly list?: (caller: Caller, after: string | undefined) => Promise<Listed<Shown>>;
}
