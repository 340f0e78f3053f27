/** Completion of the addresses of resources and of the arguments of prompts. */

import type { McpServer } from '@modelcontextprotocol/server';
import { SUGGESTIONS_MAX, type Suggest, TYPED_MAX } from './completions.js';
import type { ReportFault } from './fault.js';
import type { Prompt } from './prompt.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import type { ResourceFamily } from './resource.js';
import type { RequestContext } from './tool.js';

/** What can be completed. */
export interface Completable {
  readonly families: readonly ResourceFamily[];
  readonly prompts: readonly Prompt[];
}

export function offerCompletion(
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
            ? ofPrompt(completable, ref.name, argument.name)
            : ofFamily(completable, ref.uri, argument.name);
        const usable = argument.value.length <= TYPED_MAX && /^[\x20-\x7e]*$/.test(argument.value);
        const found = usable ? ((await suggest?.(caller, argument.value)) ?? []) : [];
        const values = found.slice(0, SUGGESTIONS_MAX);
        return { completion: { values, hasMore: found.length > values.length } };
      },
      (fault) => report(fault, 'completion'),
    ),
  );
}

function ofPrompt({ prompts }: Completable, prompt: string, argument: string): Suggest | undefined {
  const found = prompts.find(({ name }) => name === prompt);
  if (!found) throw invalidParams('There is no such prompt');
  return Object.hasOwn(found.arguments, argument) ? found.arguments[argument]?.suggest : undefined;
}

function ofFamily({ families }: Completable, uri: string, argument: string): Suggest | undefined {
  const found = families.find(({ uriTemplate }) => uriTemplate === uri);
  if (!found) throw invalidParams('There is no such resource template');
  return found.variable === argument ? found.suggest : undefined;
}
