/** All routes of the API, by noun and verb. */

import { alertRoutes } from './alert.js';
import { approvalRoutes } from './approval.js';
import { auditRoutes } from './audit.js';
import { explainRoute } from './explain.js';
import { grantRoutes } from './grant.js';
import { keyRoutes, whoamiRoute } from './key.js';
import { loginRoutes } from './login.js';
import { metricRoutes } from './metric.js';
import { notificationRoutes } from './notification.js';
import { personRoutes } from './person.js';
import { policyRoutes } from './policy.js';
import { policySetRoutes } from './policy-set.js';
import type { Route } from './route.js';
import { secretRoutes } from './secret.js';

export const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  approvals: approvalRoutes,
  grants: grantRoutes,
  secrets: secretRoutes,
  resources: policyRoutes,
  policies: policySetRoutes,
  explain: { show: explainRoute },
  keys: keyRoutes,
  whoami: { show: whoamiRoute },
  login: loginRoutes,
  people: personRoutes,
  audit: auditRoutes,
  metrics: metricRoutes,
  notifications: notificationRoutes,
  alerts: alertRoutes,
};
