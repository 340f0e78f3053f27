import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.approve('appr_abc123', {
  duration: '1h', // Access expires after 1 hour
  reason: 'Debugging session'
});
