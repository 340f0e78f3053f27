/** The scopes that the app requests: the manifests list them, and the check looks for them. */

/** Each of these is required. */
export const NEEDED_SCOPES = [
  'chat:write',
  'commands',
  'im:write',
  'users:read',
  'users:read.email',
] as const;

/** The person who installs the app may refuse these. */
export const OPTIONAL_SCOPES = ['channels:read', 'groups:read', 'usergroups:read'] as const;

/** What does not work without it. */
export const WITHOUT: Readonly<Record<(typeof OPTIONAL_SCOPES)[number], string>> = {
  'channels:read':
    'vsecure cannot see who is in a public channel, or whether another company shares it',
  'groups:read':
    'vsecure cannot see who is in a private channel, or whether another company shares it',
  'usergroups:read': 'policies cannot name a Slack user group (S…) as approvers',
};
