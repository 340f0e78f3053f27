/** The client name that a client reports about itself. The card shows it as self-reported; it decides nothing. */

import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** Longer names do not fit on a card and are ignored. */
export const clientName = z.string().min(1).max(200);

/** A 2026-07-28 client sends its name in every request. A 2025 client sends it once, and its session id carries it from then on. */
const envelope = z.object({ [CLIENT_INFO_META_KEY]: z.object({ name: clientName }) });

export function claimedClient(meta: unknown): string | undefined {
  return envelope.safeParse(meta).data?.[CLIENT_INFO_META_KEY].name;
}
