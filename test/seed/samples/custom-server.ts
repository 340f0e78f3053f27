import { MCPServer, generateSecureToken } from 'vsecure/mcp';
import { VSecureClient } from 'vsecure';

const vsecure = new VSecureClient();
const server = new MCPServer({ name: 'custom-vsecure' });

server.tool('read-secret', async ({ name }) => {
  const approval = await vsecure.mcp.requestApproval({
    resource: `vsecure://secrets/${name}`,
    operation: 'read',
    reason: 'Requested by AI tool'
  });

  if (approval.status !== 'approved') {
    throw new Error('Approval required');
  }

  return await vsecure.secrets.get(name);
});

server.tool('rotate-secret', async ({ name }) => {
  const approval = await vsecure.mcp.requestApproval({
    resource: `vsecure://secrets/${name}`,
    operation: 'write',
    reason: 'Secret rotation'
  });

  if (approval.status !== 'approved') {
    throw new Error('Approval required');
  }

  const newValue = generateSecureToken();
  await vsecure.secrets.update(name, { value: newValue });

  return { success: true, newVersion: await vsecure.secrets.get(name) };
});

server.listen();
