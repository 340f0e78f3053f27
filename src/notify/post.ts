/** What the answer to a POST means for the notification that it carried. */

import { isOverloaded } from '../domain/retry-policy.js';
import type { SendResult } from '../ports/index.js';
import { type Egress, EgressError, type Posting } from './egress.js';

/** Never rejects. A redirect is a failure: its target has not been checked. */
export async function sendByPost(
  egress: Egress,
  url: string,
  posting: Posting,
): Promise<SendResult> {
  try {
    const { status, retryAfterMs } = await egress.post(url, posting);
    const error = `http_${status}`;
    if (status >= 200 && status < 300) return { outcome: 'sent' };
    if (status === 410) return { outcome: 'gone', error };
    return { outcome: isOverloaded(status) ? 'unavailable' : 'retry', error, retryAfterMs };
  } catch (error) {
    const code = error instanceof EgressError ? error.code : 'network';
    return code === 'forbidden_address'
      ? { outcome: 'retry', error: code }
      : { outcome: 'unavailable', error: code };
  }
}
