/** The extensions of the protocol that are spoken here, and whether the sender of a request speaks them too. */

import {
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

const TASKS = 'io.modelcontextprotocol/tasks';

/** As a server announces them. */
export const EXTENSIONS = { [TASKS]: {} };

/** Each 2026-07-28 request says for itself what its sender can do; a 2025 request says nothing. */
const envelope = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({
    extensions: z.object({ [TASKS]: z.record(z.string(), z.unknown()) }),
  }),
});

/** May this request be answered with a task? `meta` is the envelope of a request, as the client sent it. */
export const takesTasks = (meta: unknown): boolean => envelope.safeParse(meta).success;

/** −32021: what was asked for belongs to the tasks extension, and the request did not declare it. */
export const tasksNotDeclared = () =>
  new MissingRequiredClientCapabilityError(
    { requiredCapabilities: { extensions: EXTENSIONS } },
    'This needs a client that declares the tasks extension',
  );
