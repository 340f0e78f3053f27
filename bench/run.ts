/** `npm run bench`: prints each floor, its subject and the ratio, all measured in this run. */
import { benchMcp } from './mcp.js';
import { benchMetrics } from './metrics.js';
import { benchNotifications } from './notifications.js';
import { benchPolicies } from './policies.js';
import { benchReads } from './reads.js';
import { openStage } from './stage.js';
import { benchWaiters } from './waiters.js';
import { benchWakeUp } from './wake-up.js';

await benchPolicies(console.log);
await benchMetrics(console.log);

const stage = await openStage();
try {
  await benchReads(stage);
  await benchMcp(stage);
  await benchWakeUp(stage);
  await benchWaiters(stage);
  await benchNotifications(stage);
} finally {
  await stage.close();
}
