/** Once for each run of the tests: a folder for all that they write, in it a server with a migrated template, and the programs that they start. */
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, startEmbedded } from '../../src/postgres/embedded.js';
import { build, prepareBuilt } from './built.js';
import { migrated } from './migrated.js';
import { makeRunFolder } from './run-folder.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Holds everything that the tests write. */
    runFolder: string;
    /** The server that all test files share, each with a database of its own. */
    sharedPostgres: { host: string; port: number; user: string; template: string };
  }
}

const TEMPLATE = 'template_vsecure';

/** Starts what the run shares; what it returns ends all of it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = makeRunFolder();
  try {
    const [{ host, port, user }] = await Promise.all([
      startShared(folder.path),
      prepareBuilt(folder.path),
    ]);
    project.onTestsRerun(() => build(folder.path));
    project.provide('runFolder', folder.path);
    project.provide('sharedPostgres', { host, port, user, template: TEMPLATE });
    return folder.remove;
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function startShared(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({
    dataDir: path.join(folder, 'shared', 'pg'),
    database: TEMPLATE,
    durable: false,
    settings: { max_connections: '200' },
  });
  await migrated(server);
  return server;
}
