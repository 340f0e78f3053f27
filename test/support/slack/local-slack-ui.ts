/** The browser's side of local-slack, over its `/ui` WebSocket: the only way to submit a modal. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { lintView } from './blocks-lint.js';
import { asArray, asObject, type JsonObject, parseJson } from './json.js';

export interface LocalSlackUi {
  readonly send: (message: JsonObject) => void;
  /** The modal stack, the shown one last. */
  readonly views: () => readonly JsonObject[];
  /** block_id → error of the last refused submission, until the stack changes. */
  readonly viewErrors: () => JsonObject | undefined;
  readonly home: (user: string) => JsonObject | undefined;
  /** What Slack would have refused of the views that were shown. */
  readonly problems: () => readonly string[];
  readonly close: () => void;
}

export async function openLocalSlackUi(port: number): Promise<LocalSlackUi> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ui`);
  let views: readonly JsonObject[] = [];
  const problems = new Set<string>();
  let errors: JsonObject | undefined;
  const homes = new Map<unknown, JsonObject>();

  socket.on('message', (data) => {
    const heard = asObject(parseJson(String(data)));
    if (heard['t'] === 'view') {
      views = asArray(heard['stack']).map(asObject);
      errors = undefined;
      for (const problem of views.flatMap(lintView)) problems.add(problem);
    }
    if (heard['t'] === 'view_errors') errors = asObject(heard['errors']);
    if (heard['t'] === 'home') {
      homes.set(heard['user'], asObject(heard['view']));
      if (heard['view']) for (const problem of lintView(heard['view'])) problems.add(problem);
    }
  });
  await once(socket, 'open');

  return {
    send: (message) => socket.send(JSON.stringify(message)),
    views: () => views,
    viewErrors: () => errors,
    home: (user) => homes.get(user),
    problems: () => [...problems],
    close: () => socket.terminate(),
  };
}
