/** A notification as the outbox returns it, for tests that only need one. */

import type { Notification } from '../../src/domain/notification.js';

export const NOTIFICATION: Notification = {
  id: 'evt_0',
  type: 'alert',
  timestamp: '2026-11-29T00:00:00Z',
  sequence: 1,
  event: 'alert_fired',
  actor: { kind: 'system', name: 'test' },
};
