/** What the audit trail says of a person who was changed: who they are from then on. */

import type { Person } from '../../domain/person.js';

export const personDetails = ({ id, email, role, active, slack }: Person) => ({
  person: id,
  email,
  role,
  active,
  slack: slack.map(({ teamId, userId }) => `${teamId}/${userId}`),
});
