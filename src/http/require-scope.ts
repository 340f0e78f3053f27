/** Checks that the caller's key has one of the route's scopes. The use cases check rights again themselves. */

import type { Route } from '../contract/route.js';
import { refused } from '../domain/result.js';
import { type Caller, CLASS_SCOPES, may } from '../domain/rights.js';
import { KEY_CLASSES, type KeyClass } from '../domain/vocabulary.js';

/** A refusal when the caller's key has none of the scopes, else undefined. */
export function refuseWithoutScope({ scopes }: Route, caller: Caller) {
  if (scopes.length === 0 || scopes.some((scope) => may(caller, scope))) return undefined;
  const possible = classesFor({ scopes });
  const unreachable = possible.includes(caller.principal.class)
    ? ''
    : `, which only a key of class ${possible.join(' or ')} can hold`;
  return refused({ code: 'not_allowed', needs: `the scope ${scopes.join(' or ')}${unreachable}` });
}

/** The key classes that can have one of the route's scopes. */
export function classesFor({ scopes }: Pick<Route, 'scopes'>): readonly KeyClass[] {
  if (scopes.length === 0) return KEY_CLASSES;
  return KEY_CLASSES.filter((one) => scopes.some((scope) => CLASS_SCOPES[one].includes(scope)));
}
