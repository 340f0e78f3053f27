/** The protocol extensions that vsecure supports, and whether the client supports them too. */

import {
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

const TASKS = 'io.modelcontextprotocol/tasks';

/** The extensions as the server announces them. */
export const EXTENSIONS = { [TASKS]: {} };

/** Each 2026-07-28 request declares the capabilities of its client; a 2025 request declares none. */
const envelope = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({
    extensions: z.object({ [TASKS]: z.record(z.string(), z.unknown()) }),
  }),
});

/** Whether the server may answer this request with a task. `meta` is the envelope of the request, as the client sent it. */
export const takesTasks = (meta: unknown): boolean => envelope.safeParse(meta).success;

/** −32021: the request needs the tasks extension and does not declare it. */
export const tasksNotDeclared = () =>
  new MissingRequiredClientCapabilityError(
    { requiredCapabilities: { extensions: EXTENSIONS } },
    'This needs a client that declares the tasks extension',
  );
