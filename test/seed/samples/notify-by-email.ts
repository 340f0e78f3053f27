import { VSecureClient } from 'vsecure';

const client = new VSecureClient();

await client.mcp.configureNotifications({
  email: {
    enabled: true,
    recipients: ['oncall@example.com'],
    events: ['approval_requested', 'access_granted']
  }
});
