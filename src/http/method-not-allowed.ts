/** A path that exists, asked with a method that does not: 405 with `Allow` (RFC 9110, section 15.5.6). */

import type { RequestHandler, Router } from 'express';
import { sendProblem } from './problem.js';

/** For a router that has all its routes. HEAD and OPTIONS are methods like any other: nothing here is for a browser's page. */
export function refuseOtherMethods(router: Router): void {
  for (const [path, methods] of methodsByPath(router)) router.all(path, refuse(methods));
}

function methodsByPath({ stack }: Router): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { route } of stack) {
    if (!route) continue;
    const methods = route.stack.map(({ method }) => method.toUpperCase());
    found.set(route.path, [...(found.get(route.path) ?? []), ...methods]);
  }
  return found;
}

function refuse(methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ');
  return (_req, res) => {
    res.set('Allow', allow);
    sendProblem(res, {
      status: 405,
      code: 'method_not_allowed',
      detail: `This path answers to ${allow} only.`,
    });
  };
}
