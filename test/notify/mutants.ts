/** Deliberately broken egress. A check that passes on one of these is worthless. */

import { once } from 'node:events';
import http from 'node:http';
import { isIP } from 'node:net';
import type { Resolve } from '../../src/notify/egress.js';

/** Looks at an address, and then connects to whatever the name says by then. */
export async function postLookingTwice(url: string, resolve: Resolve): Promise<void> {
  await resolve(new URL(url).hostname);
  const request = http.request(url, {
    method: 'POST',
    agent: false,
    lookup: (hostname, options, callback) => {
      void resolve(hostname).then(([address = '']) => {
        const family = isIP(address);
        if (options.all) callback(null, [{ address, family }]);
        else callback(null, address, family);
      });
    },
  });
  request.end('{}');
  const [response] = await once(request, 'response');
  response.destroy();
}
