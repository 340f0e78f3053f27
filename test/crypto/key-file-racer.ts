/** A process that loads or creates the master key file of every path it reads from stdin, and prints the key's id. */
import { createInterface } from 'node:readline';
import { loadOrCreateMasterKeyFile } from '../../src/crypto/master-key-file.js';

process.stdout.write('ready\n');
for await (const path of createInterface({ input: process.stdin })) {
  process.stdout.write(`${loadOrCreateMasterKeyFile(path, { create: true }).id}\n`);
}
