import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureResource({
  uri: 'vsecure://secrets/production/*',
  requireReason: true, // Require reason for access
  minReasonLength: 20 // Minimum 20 characters
});
