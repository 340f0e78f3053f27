/** Registers `prompts/list` and `prompts/get`. */

import type { McpServer } from '@modelcontextprotocol/server';
import type { Prompt } from './prompt.js';
import { invalidParams } from './protocol-answer.js';

/** Does not use the SDK's own registry, because its errors repeat unknown names and wrong arguments. */
export function registerPrompts({ server }: McpServer, prompts: readonly Prompt[]): void {
  server.registerCapabilities({ prompts: { listChanged: false } });

  server.setRequestHandler('prompts/list', async () => ({ prompts: prompts.map(metadataOf) }));

  server.setRequestHandler('prompts/get', async ({ params }) => {
    const prompt = prompts.find(({ name }) => name === params.name);
    if (!prompt) throw invalidParams('Unknown prompt');
    const text = prompt.render(readArguments(prompt, params.arguments ?? {}));
    const message = { role: 'user', content: { type: 'text', text } } as const;
    return { description: prompt.description, messages: [message] };
  });
}

const metadataOf = ({ name, title, description, arguments: all }: Prompt) => ({
  name,
  title,
  description,
  arguments: Object.entries(all).map(([argument, { description, required }]) => ({
    name: argument,
    description,
    required,
  })),
});

function readArguments(prompt: Prompt, values: Readonly<Record<string, string>>) {
  if (Object.keys(values).some((name) => !Object.hasOwn(prompt.arguments, name)))
    throw invalidParams('This prompt does not take one of these arguments');
  const read = Object.entries(prompt.arguments).map(
    ([name, { required, schema }]): [string, string] => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined && !required) return [name, ''];
      const parsed = schema.safeParse(value);
      if (!parsed.success) throw invalidParams(`${name}: missing or invalid`);
      return [name, parsed.data];
    },
  );
  return Object.fromEntries(read);
}
