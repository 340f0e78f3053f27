/** A server that ends a connection right after it was opened ends no process: every connection has an error listener from its start. */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { DatabaseClient } from '../../src/store/client.js';
import { openDatabase } from '../../src/store/database.js';
import { createListener } from '../../src/store/wakeups.js';

/** Backend message. https://www.postgresql.org/docs/18/protocol-message-formats.html */
function message(type: string, body: string | Buffer): Buffer {
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(Buffer.byteLength(body) + 4, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

const READY = message('Z', 'I');
const FATAL = message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');
const AUTHENTICATED = message('R', Buffer.alloc(4));
const DONE = message('C', 'SELECT 1\0');

/** Sends a FATAL in the packet of its n-th ReadyForQuery, and closes the connection. */
async function fatalServer(nth: number) {
  const server = createServer((socket) => {
    let ready = 0;
    socket.on('error', () => {});
    socket.on('data', () => {
      ready += 1;
      const answer = ready === 1 ? [AUTHENTICATED, READY] : [DONE, READY];
      if (ready === nth) socket.end(Buffer.concat([...answer, FATAL]));
      else if (ready < nth) socket.write(Buffer.concat(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  return {
    connection: { host: '127.0.0.1', port: address.port, user: 'vsecure', database: 'vsecure' },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

describe.each([1, 2])('a FATAL in the packet of ReadyForQuery number %i', (nth) => {
  test('fails the call that opens the database, and the process goes on', async () => {
    await using server = await fatalServer(nth);
    await expect(openDatabase(server.connection)).rejects.toThrow();
  });

  test('fails the start of the listener, and the process goes on', async () => {
    await using server = await fatalServer(nth);
    await expect(createListener(server.connection).start()).rejects.toThrow();
  });
});

/** Error listeners of a client of this class when the pool hands it over. */
async function listenersAtHandOver(Client: typeof pg.Client): Promise<number> {
  await using server = await fatalServer(3);
  const pool = new pg.Pool({ ...server.connection, Client });
  pool.on('error', () => {});
  const client = await pool.connect();
  const listeners = client.listenerCount('error');
  client.on('error', () => {});
  client.release(true);
  await pool.end();
  return listeners;
}

test('a connection that the pool hands over has an error listener, and one of the plain class has none', async () => {
  expect(await listenersAtHandOver(DatabaseClient)).toBeGreaterThan(0);
  expect(await listenersAtHandOver(pg.Client)).toBe(0);
});

test('the product opens connections to Postgres only where they get an error listener', () => {
  const root = path.join(import.meta.dirname, '../..');
  const files = ['src', 'bench'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(folder, file)),
  );
  const opening = files.filter((file) =>
    /new pg\.(Client|Pool)|extends pg\.Client/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(opening.sort()).toEqual([
    'bench/reads.ts',
    'src/postgres/client.ts',
    'src/store/client.ts',
  ]);
});
