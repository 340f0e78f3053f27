/** The server stops without losing who waits and without waiting for who does not go. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { access } from '../../src/contract/approval.js';
import { listen } from '../../src/http/server.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { startServing } from './serving.js';

function event() {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happen, happened };
}

/** `began` resolves when a call has started to wait. */
function watched(services: Services) {
  const began = event();
  const waitForDecision: Services['useCases']['waitForDecision'] = (caller, id, waiting) =>
    services.useCases.waitForDecision(caller, id, {
      ...waiting,
      onWait: () => began.happen(),
    });
  return { useCases: { ...services.useCases, waitForDecision }, began: began.happened };
}

test('when the server starts to stop, a waiting call is answered with the current status', async () => {
  const services = await buildServices();
  await services.policy();
  const { caller, token } = await services.agent();
  const { id } = await services.ask(caller);
  const { useCases, began } = watched(services);
  const serving = await startServing(services, { useCases });
  const waiting = serving.api('GET', `/approvals/${id}/wait?seconds=200`, { token });
  await began;
  await serving.close();
  expect(access.parse((await waiting).json).status).toBe('pending');
  await services.close();
});

test('a wait ends on the server when its client disconnects, and the request stays pending', async () => {
  const services = await buildServices();
  await services.policy();
  const { caller, token } = await services.agent();
  const { id } = await services.ask(caller);
  const { useCases, began } = watched(services);
  const ended = event();
  const waitForDecision: typeof useCases.waitForDecision = async (...asked) => {
    const answer = await useCases.waitForDecision(...asked);
    ended.happen();
    return answer;
  };
  const serving = await startServing(services, { useCases: { ...useCases, waitForDecision } });
  const client = new AbortController();
  const waiting = fetch(`${serving.server.url}/api/v1/approvals/${id}/wait?seconds=200`, {
    headers: { authorization: `Bearer ${token}` },
    signal: client.signal,
  });
  await began;
  client.abort();
  await expect(waiting).rejects.toThrow();
  await ended.happened;
  expect(unwrap(await services.useCases.viewApprovals.one(caller, id)).approval.status).toBe(
    'pending',
  );
  await serving.close();
  await services.close();
});

test('a connection without any request does not delay the stop', async () => {
  const server = await listen(() => {}, { host: '127.0.0.1', port: 0 });
  const unused = connect(server.port, '127.0.0.1').resume();
  await once(unused, 'connect');
  const closed = once(unused, 'close');
  const began = performance.now();
  await Promise.all([server.close(8000), closed]);
  expect(performance.now() - began).toBeLessThan(4000);
});

test('a request that does not finish is cut off at the deadline', async () => {
  const stuck = event();
  const server = await listen((req) => void (req.url === '/stuck' && stuck.happen()), {
    host: '127.0.0.1',
    port: 0,
  });
  const hanging = connect(server.port, '127.0.0.1');
  hanging.write('GET /stuck HTTP/1.1\r\nhost: x\r\n\r\n');
  await stuck.happened;
  const closed = once(hanging, 'close');
  hanging.resume();
  await server.close(200);
  await closed;
});

test('listening on an address that is in use rejects with an error', async () => {
  const first = await listen((_req, res) => void res.end(), { host: '127.0.0.1', port: 0 });
  await expect(listen(() => {}, { host: '127.0.0.1', port: first.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await first.close(0);
});
