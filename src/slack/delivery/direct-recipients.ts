/** Who gets a request as a direct message, too. */

import type { CardAudience } from '../../usecases/approvals/card-audience.js';
import type { Channels } from '../client/channels.js';

/** Accounts that the card in the channel would not reach, or should not only reach there. */
export async function besideChannel(
  channels: Pick<Channels, 'absent'>,
  { approvers, further, alone }: CardAudience,
  channel: string | undefined,
): Promise<readonly string[]> {
  if (alone) return approvers;
  const absent = channel ? await channels.absent(channel, approvers) : [];
  return [...new Set([...further, ...absent])];
}
