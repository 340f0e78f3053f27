/** How points in time are shown: by Slack in each reader's own zone, or in UTC where nothing draws Slack's date tokens. */

/** `plain` is for look-alikes, which show a token as it is written. */
export type Dates = 'local' | 'plain';

const TOKEN = /<!date\^\d+\^[^|>]*\|([^>]*)>/g;

/** A message or view with the dates as wanted. */
export function dated<T>(dates: Dates, drawn: T): T {
  return dates === 'local' ? drawn : JSON.parse(JSON.stringify(drawn), inUtc);
}

/** Only mrkdwn holds tokens, and only ours; in plain text the same characters are somebody's words. */
function inUtc(_key: string, node: unknown): unknown {
  if (typeof node !== 'object' || node === null || !('type' in node) || !('text' in node))
    return node;
  if (node.type !== 'mrkdwn' || typeof node.text !== 'string') return node;
  return { ...node, text: node.text.replace(TOKEN, '$1') };
}
