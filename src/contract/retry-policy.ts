/** The retry policy, as far as a client needs it. */

export {
  delayBefore,
  isOverloaded,
  notBefore,
  parseRetryAfter,
  SDK_CALL,
  SDK_DECISION_WAIT,
  sdkSchedule,
} from '../domain/retry-policy.js';
