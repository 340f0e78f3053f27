/** How dates are shown: by Slack in each reader's own time zone, or in UTC where a client does not support Slack's date tokens. */

/** `plain` is for Slack look-alikes, which show a date token unchanged. */
export type Dates = 'local' | 'plain';

const TOKEN = /<!date\^\d+\^[^|>]*\|([^>]*)>/g;

/** A message or view with its dates in this form. */
export function dated<T>(dates: Dates, drawn: T): T {
  return dates === 'local' ? drawn : JSON.parse(JSON.stringify(drawn), inUtc);
}

/** Only mrkdwn contains date tokens, and vsecure wrote them; in plain text the same characters are a person's words. */
function inUtc(_key: string, node: unknown): unknown {
  if (typeof node !== 'object' || node === null || !('type' in node) || !('text' in node))
    return node;
  if (node.type !== 'mrkdwn' || typeof node.text !== 'string') return node;
  return { ...node, text: node.text.replace(TOKEN, '$1') };
}
