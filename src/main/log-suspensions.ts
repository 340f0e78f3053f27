/** That a key was suspended is said in the log, too, whoever did it and by whichever door. */

import type { Result } from '../domain/result.js';
import type { Log } from '../ports/index.js';
import type { Suspension } from '../usecases/authorization/suspend-principal.js';
import type { UseCases } from '../usecases/index.js';

export function createAlarmed(useCases: UseCases, log: Log): UseCases {
  const { suspendPrincipal, manageSuspensions } = useCases;
  return {
    ...useCases,
    suspendPrincipal: async (...asked) => said(log, await suspendPrincipal(...asked)),
    manageSuspensions: {
      ...manageSuspensions,
      suspend: async (...asked) => said(log, await manageSuspensions.suspend(...asked)),
    },
  };
}

function said(log: Log, answer: Result<Suspension>): Result<Suspension> {
  if (!answer.ok || answer.value.already) return answer;
  const { principal, grants, requests } = answer.value;
  log.warn(
    { key: principal.name, grants, requests, resume: `vsecure keys:resume ${principal.name}` },
    'a key was suspended: its grants are revoked and its requests withdrawn',
  );
  return answer;
}
