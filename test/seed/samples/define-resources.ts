import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureResource({
  uri: 'vsecure://secrets/production/*',
  name: 'Production Secrets',
  permissions: ['read'],
  requiresApproval: true,
  approvers: ['john@example.com', 'jane@example.com']
});
