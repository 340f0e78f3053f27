import { VSecureClient } from 'vsecure';

const client = new VSecureClient();
const threshold = 50;
const sendAlert = async (text: string) => console.log(text);

// Alert on unusual access
const hourlyAccess = await client.mcp.metrics({
  metric: 'access_count',
  period: '1h'
});

if (hourlyAccess.count > threshold) {
  await sendAlert('Unusual MCP access detected');
}
