/** Registers `completion/complete` for the URIs of resources and the arguments of prompts. */

import type { McpServer } from '@modelcontextprotocol/server';
import { SUGGESTIONS_MAX, type Suggest, TYPED_MAX } from './completions.js';
import type { ReportFault } from './fault.js';
import type { Prompt } from './prompt.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import type { ResourceTemplate } from './resource.js';
import type { RequestContext } from './tool.js';

/** What can be completed. */
export interface Completable {
  readonly templates: readonly ResourceTemplate[];
  readonly prompts: readonly Prompt[];
}

export function registerCompletion(
  { server }: McpServer,
  completable: Completable,
  { caller }: RequestContext,
  report: ReportFault,
): void {
  server.registerCapabilities({ completions: {} });
  server.setRequestHandler('completion/complete', ({ params: { ref, argument } }) =>
    protocolAnswer(
      async () => {
        const suggest =
          ref.type === 'ref/prompt'
            ? promptSuggest(completable, ref.name, argument.name)
            : templateSuggest(completable, ref.uri, argument.name);
        const usable = argument.value.length <= TYPED_MAX && /^[\x20-\x7e]*$/.test(argument.value);
        const found = usable ? ((await suggest?.(caller, argument.value)) ?? []) : [];
        const values = found.slice(0, SUGGESTIONS_MAX);
        return { completion: { values, hasMore: found.length > values.length } };
      },
      (fault) => report(fault, 'completion'),
    ),
  );
}

function promptSuggest(
  { prompts }: Completable,
  promptName: string,
  argument: string,
): Suggest | undefined {
  const prompt = prompts.find(({ name }) => name === promptName);
  if (!prompt) throw invalidParams('Unknown prompt');
  return Object.hasOwn(prompt.arguments, argument)
    ? prompt.arguments[argument]?.suggest
    : undefined;
}

function templateSuggest(
  { templates }: Completable,
  uri: string,
  argument: string,
): Suggest | undefined {
  const template = templates.find(({ uriTemplate }) => uriTemplate === uri);
  if (!template) throw invalidParams('Unknown resource template');
  return template.variable === argument ? template.suggest : undefined;
}
