import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureResource({
  uri: 'vsecure://secrets/production/*',
  name: 'Production Secrets',
  permissions: ['read'],
  requiresApproval: true,
  autoApprove: {
    enabled: true,
    conditions: {
      // Only during business hours
      timeWindow: '09:00-17:00 PST',
      // Only from trusted tools
      requester: ['claude-desktop'],
      // Only for specific operations
      operations: ['read']
    }
  }
});
