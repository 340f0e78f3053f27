/** `client.mcp.exportAudit`: the audit trail as it was hashed, for a reader who computes the chain with other software. */

import type { Call, CallOptions } from './call.js';
import { chainPart, genesis } from './verify-audit.js';

/** One event of the chain. Hashes are lower-case hex. */
export interface ExportedEvent {
  readonly sequence: number;
  /** The bytes that are hashed, as UTF-8: RFC 8785 of the event. */
  readonly canonical: string;
  readonly hash: string;
  /** The hash of the event before. For the first event, the hash that the chain starts from. */
  readonly previous: string;
}

/** Yields every attached event, oldest first, a part of the trail at a time. For administrators and auditors. */
export async function* exportAudit(
  call: Call,
  { signal }: CallOptions = {},
): AsyncGenerator<ExportedEvent> {
  let part = await chainPart(call, 0, signal);
  let previous = part.anchor?.hash ?? (await genesis(part.installation)).hash;
  for (
    ;
    part.links.length > 0;
    part = await chainPart(call, part.links.at(-1)?.sequence ?? 0, signal)
  )
    for (const { sequence, canonical, hash } of part.links) {
      yield { sequence, canonical, hash, previous };
      previous = hash;
    }
}
