/** Resources as the protocol asks for them: list by page, list of families, read. */

import type { McpRequestContext, McpServer } from '@modelcontextprotocol/server';
import { URI_MAX_BYTES } from '../domain/limits.js';
import type { ManageSubscriptions } from '../usecases/approvals/manage-subscriptions.js';
import type { ReportFault } from './fault.js';
import { invalidParams, protocolAnswer } from './protocol-answer.js';
import { offerSubscriptions } from './register-subscriptions.js';
import type { Look } from './resource.js';
import type { Resources } from './resources/index.js';
import type { RequestContext } from './tool.js';

const CURSOR = /^[\x21-\x7e]+$/;

interface Offered {
  readonly requestContext: RequestContext;
  readonly era: McpRequestContext['era'];
  readonly subscriptions: ManageSubscriptions;
}

/** Beside the SDK's own registry, which knows no pages and repeats an unknown address in its error. */
export function offerResources(
  { server }: McpServer,
  resources: Resources,
  { requestContext, era, subscriptions }: Offered,
  report: ReportFault,
): void {
  const { caller } = requestContext;
  const { fixed, families } = resources;
  const note = (fault: unknown) => report(fault, 'resources');
  server.registerCapabilities({ resources: { listChanged: false, subscribe: true } });
  if (era === 'legacy') offerSubscriptions(server, subscriptions, requestContext, note);

  server.setRequestHandler('resources/list', ({ params }) =>
    protocolAnswer(async () => {
      const after = readCursor(params?.cursor);
      const family = families.find(({ list }) => list);
      const listed = await family?.list?.(caller, after);
      const members = (listed?.items ?? []).map((shown) => ({
        mimeType: 'application/json',
        ...shown,
      }));
      const singles = fixed.map(({ uri, face }) => ({ uri, ...face }));
      return {
        resources: after === undefined ? [...singles, ...members] : members,
        ...(listed?.next && { nextCursor: listed.next }),
      };
    }, note),
  );

  server.setRequestHandler('resources/templates/list', async () => ({
    resourceTemplates: families.map(({ uriTemplate, face }) => ({ uriTemplate, ...face })),
  }));

  server.setRequestHandler('resources/read', ({ params: { uri } }) =>
    protocolAnswer(async () => {
      const found = await lookFor(resources, uri)?.(caller, uri);
      if (!found) throw invalidParams('There is no such resource, or it is not yours to see');
      const text = JSON.stringify(found);
      return { contents: [{ uri, mimeType: 'application/json', text }] };
    }, note),
  );
}

function lookFor({ fixed, families }: Resources, uri: string): Look | undefined {
  if (uri.length > URI_MAX_BYTES) return undefined;
  const single = fixed.find((one) => one.uri === uri);
  return single?.look ?? families.find(({ prefix }) => uri.startsWith(prefix))?.look;
}

function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  if (cursor.length > URI_MAX_BYTES || !CURSOR.test(cursor))
    throw invalidParams('This cursor is not one of this list');
  return cursor;
}
