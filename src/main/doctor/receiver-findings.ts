/** The part of `vsecure doctor` about the receivers of notifications: whether each can be sent to, and how its last delivery went. */

import type { Config } from '../../config.js';
import type { NotificationDelivery, ReceiverRow } from '../../domain/receiver.js';
import type { Store } from '../../ports/index.js';
import {
  type Checked,
  type Finding,
  failed,
  passed,
  skipped,
  warning,
} from '../../slack/check/finding.js';

/** Deliveries to look at. The newest ones may not have been attempted yet. */
const LOOK_AT = 50;

export async function* receiverFindings(
  { receivers }: Pick<Store, 'receivers'>,
  mail: Config['mail'],
): AsyncGenerator<Checked> {
  const all = await receivers.list();
  if (all.length === 0)
    yield {
      check: 'receivers',
      ...skipped('none is configured', 'to get notifications: vsecure notifications:set --help'),
    };
  for (const receiver of all) {
    const { items } = await receivers.deliveries({ receiver: receiver.kind }, { limit: LOOK_AT });
    const attempted = items.find(({ attempts, state }) => attempts > 0 || state !== 'waiting');
    yield { check: `receiver ${receiver.kind}`, ...findingOf(receiver, mail, attempted) };
  }
}

function findingOf(
  { kind, enabled, disabledBecause }: ReceiverRow,
  mail: Config['mail'],
  last: NotificationDelivery | undefined,
): Finding {
  const test = `vsecure notifications:test ${kind}`;
  if (disabledBecause !== undefined)
    return failed(
      `vsecure has disabled it: ${disabledBecause}`,
      `correct it with \`vsecure notifications:set ${kind}\`, then run \`${test}\``,
    );
  if (!enabled) return skipped('it is disabled');
  if (kind === 'email' && !mail)
    return failed('no mail server is configured', 'set SMTP_URL and MAIL_FROM');
  if (!last) return passed(`nothing has been sent to it yet; try it with \`${test}\``);
  const error = last.lastError ?? 'unknown';
  if (last.state === 'dead')
    return failed(
      `the last delivery was given up: ${error}`,
      `run \`${test}\`, then \`vsecure notifications:replay --receiver ${kind}\``,
    );
  if (last.state === 'waiting')
    return warning(
      `the last delivery has failed ${last.attempts} times: ${error}`,
      `it is tried again; run \`${test}\``,
    );
  return passed(
    `the last delivery succeeded at ${last.settledAt?.toISOString() ?? 'an unknown time'}`,
  );
}
