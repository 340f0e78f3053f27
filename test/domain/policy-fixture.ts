/** Policies for the tests of this folder. */

import { HOUR } from '../../src/domain/limits.js';
import type { AutoApprove } from '../../src/domain/policy/auto-approve.js';
import type { PolicyRules } from '../../src/domain/policy/policy.js';
import { parseWindow, type TimeWindow } from '../../src/domain/policy/time-window.js';

/** A policy with the defaults of the product. */
export function policy(changes: Partial<PolicyRules> = {}): PolicyRules {
  return {
    uri: 'vsecure://secrets/production/*',
    name: 'Production',
    permissions: ['read'],
    requiresApproval: true,
    decideFrom: ['slack', 'dashboard', 'cli', 'api'],
    listed: true,
    minApprovals: 1,
    allowSelfApproval: false,
    minReasonLength: 10,
    requireDecisionReason: false,
    defaultDuration: HOUR,
    maxDuration: 8 * HOUR,
    requestTtl: HOUR,
    sensitivity: 'normal',
    mention: true,
    ...changes,
  };
}

/** Auto-approval that is on. */
export const auto = (conditions: AutoApprove['conditions'] = {}): AutoApprove => ({
  enabled: true,
  conditions,
});

/** A window, or an error that says why not. */
export function windowOf(text: string): TimeWindow {
  const reading = parseWindow(text);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.value;
}
