import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureResource({
  uri: 'vsecure://secrets/production/DATABASE_URL',
  permissions: ['read'], // Read only, not write
  requiresApproval: true
});
