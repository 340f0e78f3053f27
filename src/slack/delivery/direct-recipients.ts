/** Who also gets a request as a direct message. */

import type { CardAudience } from '../../usecases/approvals/card-audience.js';
import type { Channels } from '../client/channels.js';

/** The accounts that get a direct message in addition to the card in the channel. */
export async function directRecipients(
  channels: Pick<Channels, 'absent'>,
  { approvers, further, alone }: CardAudience,
  channel: string | undefined,
): Promise<readonly string[]> {
  if (alone) return approvers;
  const absent = channel ? await channels.absent(channel, approvers) : [];
  return [...new Set([...further, ...absent])];
}
