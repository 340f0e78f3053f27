/** The store of opened App Homes, so that only Homes that people look at are updated. */

import type { PersonId } from '../domain/person.js';
import type { VisibilityScope } from '../domain/visibility.js';

export interface OpenedHome {
  readonly person: PersonId;
  /** The person's Slack user id. */
  readonly userId: string;
  /** Slack's hash of the published view. Undefined when no view is known to be published. */
  readonly hash?: string | undefined;
  /** Opened recently enough to be kept up to date. */
  readonly fresh: boolean;
}

export interface AppHomeReads {
  find(person: PersonId): Promise<OpenedHome | undefined>;
}

export interface AppHomes extends AppHomeReads {
  recordOpened(person: PersonId, userId: string): Promise<void>;
  /** From now on, a change of anything within this visibility marks the Home as due. */
  watch(person: PersonId, visibility: VisibilityScope): Promise<void>;
  recordDrawn(person: PersonId, hash: string | undefined): Promise<void>;
  /** Stops updating the Home. */
  close(person: PersonId): Promise<void>;
}
