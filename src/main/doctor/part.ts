/** One part of `vsecure doctor`. A part that throws, or takes too long, becomes a finding, and the next part runs. */

import { ConfigError } from '../../config.js';
import { SECOND } from '../../domain/limits.js';
import { type Checked, type Finding, failed } from '../../slack/check/finding.js';
import { explainFailure } from '../failure.js';
import { inTime } from '../in-time.js';

export interface Part {
  /** The name of its finding, or of the finding about its failure. */
  readonly check: string;
  readonly findings: () => AsyncGenerator<Checked, void>;
}

/** A part with one finding. */
export const one = (check: string, look: () => Promise<Finding> | Finding): Part => ({
  check,
  async *findings() {
    yield { check, ...(await look()) };
  },
});

/** Milliseconds until a part must have its next finding. An embedded database may have to start, and Slack may be slow. */
const NEXT_WITHIN = 30 * SECOND;

/** Yields the findings of all parts. Never rejects. */
export async function* runParts(
  parts: readonly Part[],
  nextWithin = NEXT_WITHIN,
): AsyncGenerator<Checked> {
  for (const { check, findings } of parts) {
    const running = findings();
    for (;;) {
      const asked: Promise<Next> = running.next().catch(explained);
      const next = await inTime(asked, nextWithin, () => LATE);
      if ('result' in next) yield { check, ...next };
      if ('result' in next || next.done) break;
      yield next.value;
    }
  }
}

/** A finding instead of a next one ends the part. */
type Next = IteratorResult<Checked, void> | Finding;

const LATE = failed('no answer in time', 'run the command again, and see the log of the server');

/** A failed finding in one sentence, which shows no value and no stack. */
export const explained = (error: unknown): Finding => ({
  result: 'failed',
  message: problemOf(error).replace(/\.$/, ''),
});

/** Of a wrong setting only the problem, because each check is one line. */
const problemOf = (error: unknown): string =>
  error instanceof ConfigError ? error.problems.join('; ') : explainFailure(error);
