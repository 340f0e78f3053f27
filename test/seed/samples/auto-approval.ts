import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureResource({
  uri: 'vsecure://secrets/development/*',
  name: 'Development Secrets',
  permissions: ['read', 'write'],
  requiresApproval: false
});
