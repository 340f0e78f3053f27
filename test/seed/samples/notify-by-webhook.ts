import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureNotifications({
  webhook: {
    enabled: true,
    url: 'https://your-app.com/webhooks/mcp',
    events: ['*']
  }
});
