/** Who has looked at their App Home, and what it showed: so that it is drawn anew for them, and for nobody else. */

import type { PersonId } from '../domain/person.js';
import type { VisibilityScope } from '../domain/visibility.js';

export interface OpenedHome {
  readonly person: PersonId;
  /** Their Slack account. */
  readonly userId: string;
  /** Slack's name for what is shown; undefined when nothing is known to be. */
  readonly hash?: string | undefined;
  /** Looked at so lately that it is kept up to date. */
  readonly fresh: boolean;
}

export interface AppHomeReads {
  find(person: PersonId): Promise<OpenedHome | undefined>;
}

export interface AppHomes extends AppHomeReads {
  recordOpened(person: PersonId, userId: string): Promise<void>;
  /** From now on a change of anything that this sight takes in makes the Home due. */
  watch(person: PersonId, visibility: VisibilityScope): Promise<void>;
  recordDrawn(person: PersonId, hash: string | undefined): Promise<void>;
  /** It is not kept up to date any more. */
  close(person: PersonId): Promise<void>;
}
