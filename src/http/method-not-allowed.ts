/** Answers 405 with `Allow` when a path exists but does not accept the method (RFC 9110, section 15.5.6). */

import type { RequestHandler, Router } from 'express';
import { sendProblem } from './problem.js';

/** Call it when the router has all its routes. HEAD and OPTIONS get 405 too: the API serves no browser pages. */
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
      detail: `This path accepts only ${allow}.`,
    });
  };
}
