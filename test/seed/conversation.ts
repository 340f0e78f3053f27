/** Plays an AI tool that calls the seed's custom server, and Alice who decides from a terminal. */

import { type AnyClient, callTool, connectClient } from '../support/mcp-client.js';
import { until } from '../support/until.js';
import type { Workshop } from './sample-runner.js';
import type { Scene } from './scene.js';

export const CUSTOM_SERVER = 'custom-server.ts';

const APPROVE = 'vsecure mcp:approve appr_abc123 --reason "Legitimate debugging need"';
const DENY = 'vsecure mcp:deny appr_abc123 --reason "Use development environment instead"';

/** A finished call: its transcript and its result. */
export interface Conversation {
  readonly lines: readonly string[];
  readonly text: string;
  readonly isError: boolean;
  readonly structured: unknown;
}

export async function startCustomServer(workshop: Workshop, scene: Scene): Promise<AnyClient> {
  const { VSECURE_URL: url, VSECURE_API_KEY: token } = scene.agent.env;
  return connectClient({ url, token, kind: 'v2 auto', through: workshop.command(CUSTOM_SERVER) });
}

export interface Calling {
  readonly tool: string;
  /** Name of the production secret. Default: `DATABASE_URL`. */
  readonly name?: string;
  /** What Alice decides. Absent: the call must not wait for a person. */
  readonly verdict?: 'approve' | 'deny' | undefined;
}

/** Calls a tool and decides its request while it waits. */
export async function callAndDecide(
  workshop: Workshop,
  scene: Scene,
  client: AnyClient,
  { tool, name = 'DATABASE_URL', verdict }: Calling,
): Promise<Conversation> {
  const args = { name: `production/${name}` };
  const progress: string[] = [];
  const onprogress = ({ message = '' }) => void progress.push(message);
  const called = callTool(client, tool, args, { onprogress });
  const decided = verdict ? await decide(workshop, scene, verdict, progress) : [];
  const { content, isError = false, structuredContent } = await called;
  const [block] = Array.isArray(content) ? content : [];
  const text = String(block?.text);
  const lines = [`> ${tool} ${JSON.stringify(args)}`, ...progress, ...decided];
  return {
    lines: [...lines, `< ${isError ? 'error: ' : ''}${text}`],
    text,
    isError: isError === true,
    structured: structuredContent,
  };
}

async function decide(
  workshop: Workshop,
  scene: Scene,
  verdict: 'approve' | 'deny',
  progress: readonly string[],
): Promise<string[]> {
  const id = await until('progress that names the request', () => idIn(progress));
  const line = (verdict === 'approve' ? APPROVE : DENY).replace('appr_abc123', id);
  const { stdout } = await workshop.shell(line, scene.alice.env).ended;
  return [`$ ${line}`, stdout.trimEnd()];
}

const idIn = (progress: readonly string[]) => /appr_\w+/.exec(progress.join(' '))?.[0];
