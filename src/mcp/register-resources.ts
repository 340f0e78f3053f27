/** Registers `resources/list`, `resources/templates/list` and `resources/read`. */

import type { McpRequestContext, McpServer } from '@modelcontextprotocol/server';
import { URI_MAX_BYTES } from '../domain/limits.js';
import type { ReportFault } from './fault.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import { type ChangeSubscriptions, registerSubscriptions } from './register-subscriptions.js';
import type { ReadResource } from './resource.js';
import type { Resources } from './resources/index.js';
import type { RequestContext } from './tool.js';

const CURSOR = /^[\x21-\x7e]+$/;

interface ResourceOptions {
  readonly requestContext: RequestContext;
  readonly era: McpRequestContext['era'];
  readonly subscriptions: ChangeSubscriptions;
}

/** Does not use the SDK's own registry, because it has no pages and its errors repeat an unknown URI. */
export function registerResources(
  { server }: McpServer,
  resources: Resources,
  { requestContext, era, subscriptions }: ResourceOptions,
  reportFault: ReportFault,
): void {
  const { caller } = requestContext;
  const { fixed, templates } = resources;
  const report = (fault: unknown) => reportFault(fault, 'resources');
  server.registerCapabilities({ resources: { listChanged: false, subscribe: true } });
  if (era === 'legacy') registerSubscriptions(server, subscriptions, requestContext, report);

  server.setRequestHandler('resources/list', ({ params }) =>
    protocolAnswer(async () => {
      const after = readCursor(params?.cursor);
      const template = templates.find(({ list }) => list);
      const page = await template?.list?.(caller, after);
      const listed = (page?.items ?? []).map((item) => ({
        mimeType: 'application/json',
        ...item,
      }));
      const single = fixed.map(({ uri, metadata }) => ({ uri, ...metadata }));
      return {
        resources: after === undefined ? [...single, ...listed] : listed,
        ...(page?.next && { nextCursor: page.next }),
      };
    }, report),
  );

  server.setRequestHandler('resources/templates/list', async () => ({
    resourceTemplates: templates.map(({ uriTemplate, metadata }) => ({ uriTemplate, ...metadata })),
  }));

  server.setRequestHandler('resources/read', ({ params: { uri } }) =>
    protocolAnswer(async () => {
      const content = await readerFor(resources, uri)?.(caller, uri);
      if (!content) throw invalidParams('Not found, or you have no access');
      const text = JSON.stringify(content);
      return { contents: [{ uri, mimeType: 'application/json', text }] };
    }, report),
  );
}

function readerFor({ fixed, templates }: Resources, uri: string): ReadResource | undefined {
  if (uri.length > URI_MAX_BYTES) return undefined;
  const single = fixed.find((one) => one.uri === uri);
  return single?.read ?? templates.find(({ prefix }) => uri.startsWith(prefix))?.read;
}

function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  if (cursor.length > URI_MAX_BYTES || !CURSOR.test(cursor))
    throw invalidParams('Not a cursor of this list');
  return cursor;
}
