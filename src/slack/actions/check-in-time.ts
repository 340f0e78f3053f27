/** Checks before a form opens whether this person may use it. What cannot be checked in time opens the form: the submitted form is checked anyway. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '../../domain/person.js';
import { explain, type Refusal } from '../../domain/refusal.js';
import type { RefusalCode } from '../../domain/vocabulary.js';
import type { IdentifySlackActor, SlackActor } from '../../usecases/people/identify-slack-user.js';

/** Milliseconds. Slack allows 3 s from the click to the form, and most of them belong to opening it. */
const CHECK_WITHIN = 800;

/** A refusal, and the sentence that explains it. */
export interface RefusedClick {
  readonly code: RefusalCode;
  readonly sentence: string;
}

/** Undefined when the person may use the form, and when no answer came in time. `check` explains why an identified person may not. */
export async function refusedInTime(
  identify: IdentifySlackActor,
  slackActor: SlackActor,
  check: (person: Person) => Promise<RefusedClick | undefined>,
): Promise<RefusedClick | undefined> {
  const checked = async () => {
    const identified = await identify(slackActor);
    return identified.ok ? check(identified.value) : explained(identified.refusal);
  };
  const late = sleep(CHECK_WITHIN, undefined, { ref: false });
  return Promise.race([checked().catch(() => undefined), late]);
}

/** `unavailable`: Slack did not answer, so the person was not refused. */
const explained = (refusal: Refusal): RefusedClick | undefined =>
  refusal.code === 'unavailable' ? undefined : { code: refusal.code, sentence: explain(refusal) };
