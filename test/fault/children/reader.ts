/**
 * A process of its own that reads one secret over and over. It says of each read what it got and when it last looked at the
 * clock before handing that out: nanoseconds of the monotonic clock, which all processes share and which goes on while one is stopped.
 * Arguments: where the database is (JSON), the master key, the key of an agent, the resource.
 */
import { openDatabase } from '../../../src/store/database.js';
import type { OwnPostgres } from '../../support/database.js';
import { buildServices, unwrap } from '../../support/services.js';

const [location = '{}', masterKey = '', token = '', resource = ''] = process.argv.slice(2);

const connection: OwnPostgres['connection'] = JSON.parse(location);
const dataSource = await openDatabase(connection);
const database = { connection, dataSource, close: () => dataSource.destroy() };
let looked = 0n;
const stopwatch = () => {
  looked = process.hrtime.bigint();
  return Number(looked) / 1e6;
};
const services = await buildServices({
  database,
  masterKey,
  change: (parts) => ({ ...parts, stopwatch }),
});
const caller = unwrap(await services.useCases.authenticate(token));

for (;;) {
  const answer = await services.useCases.readSecret(caller, { resource });
  const got = answer.ok ? 'value' : answer.refusal.code;
  process.stdout.write(`${JSON.stringify({ got, looked: String(looked) })}\n`);
}
