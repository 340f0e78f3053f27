import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

const logs = await client.mcp.auditLogs({
  since: '7d',
  groupBy: 'resource'
});

// Analyze which resources are accessed most
logs.forEach(log => {
  console.log(`${log.resource}: ${log.count} accesses`);
});
