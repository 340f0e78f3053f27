/** What the server reports about itself. Protocol 2025-11-25 and newer know all fields; older clients ignore those that they do not know. */

import type { Implementation } from '@modelcontextprotocol/server';

/** A shield with a tick. In the document itself, so that a client loads nothing from elsewhere. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#1f6feb" d="M12 1 3 5v6c0 5.5 3.8 10.7 9 12 5.2-1.3 9-6.5 9-12V5zm-1.5 15L7 12.5l1.4-1.4 2.1 2.1 5.1-5.1L17 9.5z"/></svg>';

/** `origin`: the public address of this server, where people find it. */
export const serverInfoOf = (version: string, origin?: string): Implementation => ({
  ...nameOf(version),
  description: 'Secrets for AI tools: a person approves each access, for a limited time.',
  ...(origin !== undefined && { websiteUrl: origin }),
  icons: [
    {
      src: `data:image/svg+xml;base64,${Buffer.from(ICON).toString('base64')}`,
      mimeType: 'image/svg+xml',
      sizes: ['any'],
    },
  ],
});

/** Enough where the client knows the rest: protocol 2026-07-28 repeats it in every answer. */
export const nameOf = (version: string): Implementation => ({
  name: 'vsecure',
  title: 'vsecure',
  version,
});
