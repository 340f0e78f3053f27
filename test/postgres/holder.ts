/** A process to be killed: it starts the server of a data directory, prints the server's process id, and keeps running. */
import { startEmbedded } from '../../src/postgres/embedded.js';

const { pid, adopted } = await startEmbedded({ dataDir: process.argv[2] ?? '' });
process.stdout.write(`${JSON.stringify({ pid, adopted })}\n`);
setInterval(() => {}, 60_000);
