/** A resource: something that the caller can read by its URI, if the caller may see it. Never a secret value. */

import type { Caller } from '../domain/rights.js';
import type { Listed } from '../ports/index.js';
import type { Suggest } from './completions.js';

/** How the server announces a resource or a resource template to clients. */
export interface ResourceMetadata {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: 'application/json';
}

/** One resource of a template, as `resources/list` shows it. */
export interface ListedResource {
  readonly uri: string;
  readonly name: string;
  readonly description?: string | undefined;
}

/** Undefined when the resource does not exist or the caller may not see it. The caller cannot learn which. */
export type ReadResource = (caller: Caller, uri: string) => Promise<object | undefined>;

/** A resource with one URI. */
export interface FixedResource {
  readonly uri: string;
  readonly metadata: ResourceMetadata;
  readonly read: ReadResource;
}

/** All resources whose URIs share a prefix. */
export interface ResourceTemplate {
  /** RFC 6570, with one variable at the end. */
  readonly uriTemplate: string;
  /** The beginning of every URI of the template. */
  readonly prefix: string;
  readonly variable: string;
  readonly metadata: ResourceMetadata;
  readonly read: ReadResource;
  readonly suggest: Suggest;
  /** One page, after the cursor of the previous page. Absent where `resources/list` does not list the resources. */
  readonly list?: (caller: Caller, after: string | undefined) => Promise<Listed<ListedResource>>;
}
