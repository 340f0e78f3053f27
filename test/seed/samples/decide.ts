import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

// List pending approvals
const approvals = await client.mcp.listApprovals({
  status: 'pending'
});

// Approve
await client.mcp.respond('appr_abc123', {
  action: 'approve',
  reason: 'Legitimate debugging need',
  duration: '1h'
});
