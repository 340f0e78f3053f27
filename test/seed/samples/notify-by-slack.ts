import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureNotifications({
  slack: {
    enabled: true,
    webhookUrl: 'https://hooks.slack.com/...',
    channel: '#security-approvals'
  }
});
