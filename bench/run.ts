/** `npm run bench`: prints each floor, its subject and the ratio, all measured in this run. `npm run bench -- reads` runs the named parts. */
import { benchAudit } from './audit.js';
import { benchFlood } from './flood.js';
import { benchMcp } from './mcp.js';
import { benchMetrics } from './metrics.js';
import { benchNotifications } from './notifications.js';
import { benchPolicies } from './policies.js';
import { benchReads } from './reads.js';
import { benchSlack } from './slack.js';
import { openStage, type Stage } from './stage.js';
import { benchStart } from './start.js';
import { benchWaiters } from './waiters.js';
import { benchWakeUp } from './wake-up.js';
import { benchWrites } from './writes.js';

const ALONE: Record<string, () => Promise<void>> = {
  policies: () => benchPolicies(console.log),
  metrics: () => benchMetrics(console.log),
  audit: () => benchAudit(console.log),
  start: () => benchStart(),
};

const ON_STAGE: Record<string, (stage: Stage) => Promise<void>> = {
  reads: benchReads,
  mcp: benchMcp,
  writes: benchWrites,
  'wake-up': benchWakeUp,
  waiters: benchWaiters,
  notifications: benchNotifications,
  flood: benchFlood,
  slack: benchSlack,
};

const named = process.argv.slice(2);
const known = [...Object.keys(ALONE), ...Object.keys(ON_STAGE)];
const unknown = named.filter((part) => !known.includes(part));
if (unknown.length > 0)
  throw new Error(`there is no part ${unknown.join(', ')}; the parts are ${known.join(', ')}`);
const wanted = ([part]: readonly [string, unknown]) => named.length === 0 || named.includes(part);

for (const [, bench] of Object.entries(ALONE).filter(wanted)) await bench();

const parts = Object.entries(ON_STAGE).filter(wanted);
if (parts.length > 0) {
  const stage = await openStage();
  try {
    for (const [, bench] of parts) await bench(stage);
  } finally {
    await stage.close();
  }
}
