/** Prompts as the protocol asks for them. */

import type { McpServer } from '@modelcontextprotocol/server';
import type { Prompt } from './prompt.js';
import { invalidParams } from './protocol-answer.js';

/** Beside the SDK's own registry, which repeats unknown names and wrong arguments in its errors. */
export function offerPrompts({ server }: McpServer, prompts: readonly Prompt[]): void {
  server.registerCapabilities({ prompts: { listChanged: false } });

  server.setRequestHandler('prompts/list', async () => ({ prompts: prompts.map(faceOf) }));

  server.setRequestHandler('prompts/get', async ({ params }) => {
    const prompt = prompts.find(({ name }) => name === params.name);
    if (!prompt) throw invalidParams('There is no such prompt');
    const text = prompt.words(readArguments(prompt, params.arguments ?? {}));
    const message = { role: 'user', content: { type: 'text', text } } as const;
    return { description: prompt.description, messages: [message] };
  });
}

const faceOf = ({ name, title, description, arguments: all }: Prompt) => ({
  name,
  title,
  description,
  arguments: Object.entries(all).map(([argument, { description, required }]) => ({
    name: argument,
    description,
    required,
  })),
});

function readArguments(prompt: Prompt, given: Readonly<Record<string, string>>) {
  const known = Object.entries(prompt.arguments);
  if (Object.keys(given).some((name) => !Object.hasOwn(prompt.arguments, name)))
    throw invalidParams('There is an argument that this prompt does not know');
  const read = known.map(([name, { required, schema }]): [string, string] => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && !required) return [name, ''];
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw invalidParams(`${name}: missing, or not in the form it must have`);
    return [name, parsed.data];
  });
  return Object.fromEntries(read);
}
