/** The rights that the app asks of a workspace: the manifests list these, and the check looks for them. */

/** Without any of these something breaks. */
export const NEEDED_SCOPES = [
  'chat:write',
  'commands',
  'im:write',
  'users:read',
  'users:read.email',
] as const;

/** Whoever installs the app may refuse these. */
export const OPTIONAL_SCOPES = ['channels:read', 'groups:read', 'usergroups:read'] as const;

/** What is lost then. */
export const WITHOUT: Readonly<Record<(typeof OPTIONAL_SCOPES)[number], string>> = {
  'channels:read': 'vsecure cannot see who is in a public channel, nor whether another company is',
  'groups:read': 'vsecure cannot see who is in a private channel, nor whether another company is',
  'usergroups:read': 'policies cannot name a Slack user group (S…) as approvers',
};
