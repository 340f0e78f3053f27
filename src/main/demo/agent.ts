/** An example agent that does what an AI tool does: it asks over MCP, waits for the decision, and reads the secret. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';

const requested = z.object({ approval_id: z.string(), status: z.string() });
const waited = z.object({ status: z.string(), decision_reason: z.string().optional() });
const read = z.object({ value: z.string(), expires_at: z.string() });

export interface Agent {
  ask(resource: string, reason: string): Promise<string>;
  /** Resolves once the request is no longer pending. */
  wait(approval: string, signal: AbortSignal): Promise<z.infer<typeof waited>>;
  read(resource: string): Promise<z.infer<typeof read>>;
  close(): Promise<void>;
}

export async function connectAgent(url: string, key: string): Promise<Agent> {
  const client = new Client({ name: 'example-agent', version: '1.0.0' });
  const headers = { Authorization: `Bearer ${key}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }),
  );
  const call = async <T>(
    schema: z.ZodType<T>,
    name: string,
    args: object,
    signal?: AbortSignal,
  ) => {
    const options = signal ? { signal } : {};
    const result = await client.callTool({ name, arguments: { ...args } }, options);
    if (result.isError) throw new Error(`${name} was refused: ${JSON.stringify(result.content)}`);
    return schema.parse(result.structuredContent);
  };

  return {
    async ask(resource, reason) {
      const args = { resources: [resource], operation: 'read', reason };
      return (await call(requested, 'request-access', args)).approval_id;
    },

    async wait(approval, signal) {
      for (;;) {
        const args = { approval_id: approval, wait_seconds: 45 };
        const answer = await call(waited, 'wait-for-decision', args, signal);
        if (answer.status !== 'pending') return answer;
      }
    },

    read: (resource) => call(read, 'read-secret', { resource }),
    close: () => client.close(),
  };
}
