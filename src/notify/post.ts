/** What an answer to a POST means for whoever is told by it. */

import type { SendResult } from '../ports/index.js';
import { type Egress, EgressError, type Posting } from './egress.js';

/** These say "not now", whatever is posted. */
const OVERLOADED: readonly number[] = [429, 502, 503, 504];

/** Never rejects. A redirect is a failure: where it leads nobody has looked at. */
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
    return { outcome: OVERLOADED.includes(status) ? 'away' : 'retry', error, retryAfterMs };
  } catch (error) {
    const code = error instanceof EgressError ? error.code : 'network';
    return code === 'forbidden_address'
      ? { outcome: 'retry', error: code }
      : { outcome: 'away', error: code };
  }
}
