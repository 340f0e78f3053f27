/** A script that plays the model: it calls the listed tools as described, and continues as the answers say. */

import { type Answered, type AnyClient, call } from '../support/mcp-client.js';

interface Next {
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
}

interface Form {
  readonly properties?: object;
  readonly required?: readonly string[];
}

/** How asking came out, in the words of the last answer. */
export interface Outcome {
  readonly status: string;
  readonly fields: Record<string, unknown>;
  readonly next: Next | undefined;
}

/** Gives up after this many waits, as the instructions of the server have it. */
const WAITS = 3;

/** `wait` in seconds: how long its client lets one call take. */
export async function openAgent(client: AnyClient, wait = 20) {
  const { tools } = await client.listTools();
  const forms = new Map(tools.map(({ name, inputSchema }) => [name, inputSchema as Form]));
  /** The calls that it made, in order. */
  const calls: string[] = [];
  /** The agent's messages to its user. */
  const messages: string[] = [];

  async function use(tool: string, args: Record<string, unknown> = {}): Promise<Answered> {
    expectCallable(forms, tool, args);
    calls.push(tool);
    return call(client, tool, args);
  }

  /** Follows a hint, with what is the agent's own to say added to it. */
  const follow = (next: Next | undefined, more: Record<string, unknown> = {}) => {
    if (!next) throw new Error('nothing was said about what to do next');
    return use(next.tool, { ...next.arguments, ...more });
  };

  /** Waits while the answer is `pending`, at most three times, and then informs its user. */
  async function settle(asked: Answered): Promise<Outcome> {
    let answer = asked;
    for (let waits = 0; waits < WAITS && answer.structured?.['status'] === 'pending'; waits += 1)
      answer = await follow(nextOf(answer), { wait_seconds: wait });
    const fields = answer.structured ?? {};
    const status = answer.isError ? answer.error.code : String(fields['status']);
    messages.push(answer.isError ? answer.error.message : String(fields['message'] ?? status));
    return { status, fields, next: nextOf(answer) };
  }

  /** Asks, in several requests if the refusal says to split them. */
  async function obtain(question: {
    readonly resources: readonly string[];
    readonly operation: string;
    readonly reason: string;
  }): Promise<Outcome[]> {
    const answer = await use('request-access', question);
    if (answer.error?.code !== 'mixed_policies') return [await settle(answer)];
    const first = await follow(nextOf(answer), { reason: question.reason });
    const done = first.structured?.['resources'];
    const rest = question.resources.filter((one) => !(Array.isArray(done) && done.includes(one)));
    return [await settle(first), ...(await obtain({ ...question, resources: rest }))];
  }

  return {
    use,
    follow,
    settle,
    obtain,
    calls,
    messages,
    say: (words: string) => void messages.push(words),
  };
}

export const nextOf = ({ isError, error, structured }: Answered) =>
  (isError ? error.next : structured?.['next']) as Next | undefined;

/** A model knows of a tool what was listed, and no more. */
function expectCallable(forms: ReadonlyMap<string, Form>, tool: string, args: object): void {
  const form = forms.get(tool);
  if (!form) throw new Error(`no tool ${tool} was listed`);
  const missing = (form.required ?? []).filter((name) => !(name in args));
  const unknown = Object.keys(args).filter((name) => !(name in (form.properties ?? {})));
  if (missing.length + unknown.length > 0)
    throw new Error(`${tool} is not called like this: ${[...missing, ...unknown].join(', ')}`);
}
