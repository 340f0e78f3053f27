/** Alerts that are deliberately broken. A check that passes on one of these is not worth having. */
import type { Store, Tx } from '../../src/ports/index.js';

/** Looks whether the alert fires already, and then makes up its mind: two processes see the same. */
export function checkThenFire(store: Store, looked: () => Promise<unknown>): Store {
  const broken = (tx: Tx): Tx => ({
    ...tx,
    alerts: {
      ...tx.alerts,
      async fire(rule, observation, cooldown) {
        const known = await store.alerts.list();
        await looked();
        if (known.some((one) => one.rule === rule && one.state === 'firing')) return false;
        await tx.alerts.fire(rule, observation, cooldown);
        return true;
      },
    },
  });
  return { ...store, transaction: (work) => store.transaction((tx) => work(broken(tx))) };
}
