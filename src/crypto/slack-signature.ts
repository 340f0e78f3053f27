/** Signs a request as Slack does, so that `slack:check` can test the operator's endpoint. */
import { createHmac } from 'node:crypto';

/**
 * The header values of a request with this body: HMAC-SHA256 over `v0:<epoch seconds>:<body>`, in hex.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function signAsSlack(
  signingSecret: string,
  body: string,
  now: Date,
): Readonly<Record<string, string>> {
  const timestamp = Math.floor(now.getTime() / 1000);
  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': `${timestamp}`, 'x-slack-signature': `v0=${mac}` };
}
