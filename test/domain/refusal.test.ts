/** Every refusal has its own complete sentence. */

import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import { explain, type Refusal } from '../../src/domain/refusal.js';
import { REFUSAL_CODES, type RefusalCode } from '../../src/domain/vocabulary.js';

const PARTICULARS: { [Code in RefusalCode]?: Extract<Refusal, { code: Code }> } = {
  invalid_resource: { code: 'invalid_resource', problem: 'has an empty segment' },
  invalid_input: { code: 'invalid_input', problem: 'A value has 1 to 65536 bytes.' },
  mixed_policies: { code: 'mixed_policies', groups: [['a', 'b'], ['c']] },
  not_permitted: { code: 'not_permitted', operation: 'write' },
  reason_missing: { code: 'reason_missing', minimum: 10 },
  reason_too_short: { code: 'reason_too_short', minimum: 10, length: 3 },
  invalid_duration: { code: 'invalid_duration', minimum: MINUTE },
  duration_too_long: { code: 'duration_too_long', maximum: 8 * HOUR },
  too_many_pending: { code: 'too_many_pending', maximum: 5 },
  too_many_requests: { code: 'too_many_requests', maximum: 30, retryAfter: 12 * MINUTE },
  denied_recently: { code: 'denied_recently', retryAfter: 14 * MINUTE },
  cannot_widen: { code: 'cannot_widen', asked: HOUR },
  already_decided: { code: 'already_decided', status: 'denied' },
  wrong_door: { code: 'wrong_door', entryPoint: 'cli', allowed: ['slack', 'dashboard'] },
  grant_ended: { code: 'grant_ended', how: 'revoked' },
  needs_value: {
    code: 'needs_value',
    generate: true,
    command: 'vsecure secrets:set production/KEY',
  },
  shown_once: { code: 'shown_once', made: 'the key k3yId00000' },
  not_allowed: { code: 'not_allowed', needs: 'the scope grants:use' },
};

const refusal = (code: RefusalCode): Refusal => PARTICULARS[code] ?? ({ code } as Refusal);

describe('every refusal code is explained', () => {
  test.each(REFUSAL_CODES)('%s gives one complete sentence', (code) => {
    const text = explain(refusal(code));
    expect(text).toMatch(/^(?:[A-Z]|vsecure )[^\n]{15,}$/);
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test('no two refusal codes share a sentence', () => {
    const texts = REFUSAL_CODES.map((code) => explain(refusal(code)));
    expect(new Set(texts).size).toBe(REFUSAL_CODES.length);
  });

  test.each([
    ['invalid_resource', 'has an empty segment'],
    ['invalid_input', '65536'],
    ['mixed_policies', 'a, b | c'],
    ['not_permitted', 'write'],
    ['reason_missing', '10'],
    ['reason_too_short', '10'],
    ['invalid_duration', '1m'],
    ['duration_too_long', '8h'],
    ['too_many_pending', '5'],
    ['too_many_pending', 'Wait for a decision on one of them, or cancel one'],
    ['too_many_requests', '30'],
    ['too_many_requests', 'Request again in 12m'],
    ['denied_recently', 'request again in 14m'],
    ['cannot_widen', '1h'],
    ['already_decided', 'denied'],
    ['wrong_door', 'Slack or the dashboard'],
    ['grant_ended', 'revoked'],
    ['not_allowed', 'grants:use'],
  ] as const)('the sentence for %s contains: %s', (code, part) => {
    expect(explain(refusal(code))).toContain(part);
  });
});
