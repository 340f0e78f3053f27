/** Starts real servers over one database, with services that the test can inspect, and Alice, who decides over REST. */

import { VSecureClient } from '../../src/sdk/index.js';
import { testDatabase } from '../support/database.js';
import { needRelay } from '../support/relay.js';
import { type RunningServer, startVsecure } from '../support/server.js';
import { buildServices, type Services } from '../support/services.js';

/** `setUp` is awaited before any of them starts. */
export async function openServers<Count extends 1 | 2>(
  count: Count,
  setUp: (services: Services) => Promise<unknown> = (services) => services.policy(),
) {
  needRelay();
  const database = await testDatabase();
  const services = await buildServices({ database });
  await setUp(services);
  const options = { database, masterKey: services.masterKeyText };
  const first = startVsecure(options);
  const servers = await Promise.all(count === 1 ? [first] : [first, startVsecure(options)]);
  const [server] = servers;
  const other = servers.at(-1);
  if (!server || !other) throw new Error('no server was started');
  const { token } = await services.human('alice@example.com');
  return {
    services,
    server,
    /** The last of them, at which Alice is. */
    other,
    alice: new VSecureClient({ url: other.url, apiKey: token }),
    stop: () => Promise.all(servers.map((one: RunningServer) => one[Symbol.asyncDispose]())),
  };
}
