/** The name that a client gives itself. Shown as its claim on the card; decides nothing. */

import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** A name that is too long for a card is no name. */
export const clientName = z.string().min(1).max(200);

/** Each 2026-07-28 request carries it; a 2025 client says it once, and its session's id says it again. */
const envelope = z.object({ [CLIENT_INFO_META_KEY]: z.object({ name: clientName }) });

export function claimedClient(given: unknown): string | undefined {
  return envelope.safeParse(given).data?.[CLIENT_INFO_META_KEY].name;
}
