/** The details that audit events record about a changed person: the state after the change. */

import type { Person } from '../../domain/person.js';

export const personDetails = ({ id, email, role, active, slack }: Person) => ({
  person: id,
  email,
  role,
  active,
  slack: slack.map(({ teamId, userId }) => `${teamId}/${userId}`),
});
