/** `vsecure://secrets/…` and `vsecure://templates/…`: what there is, and what could be had of it. Never a value. */

import { PAGE_DEFAULT } from '../../domain/limits.js';
import type { DescribeSecret } from '../../usecases/secrets/describe-secret.js';
import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { ResourceFamily } from '../resource.js';
import { showSecret } from '../secret-summary.js';

/** Enough for a menu; each costs a look at its policy. */
const SUGGESTED = 20;

/** Both kinds are kept, and listed, in one order. */
export function createSecretFamilies(
  listSecrets: ListSecrets,
  describeSecret: DescribeSecret,
): readonly [secrets: ResourceFamily, templates: ResourceFamily] {
  const family = (kind: 'secrets' | 'templates', title: string): ResourceFamily => ({
    uriTemplate: `vsecure://${kind}/{+path}`,
    prefix: `vsecure://${kind}/`,
    variable: 'path',
    face: {
      name: kind,
      title,
      description: `What one of the ${kind} is and what you could get of it. Never its value: that is for the tool read-secret.`,
      mimeType: 'application/json',
    },

    async look(caller, uri) {
      const answer = await describeSecret(caller, uri);
      return answer.ok ? showSecret(answer.value) : undefined;
    },

    async suggest(caller, typed) {
      const start = `vsecure://${kind}/${typed}`;
      const answer = await listSecrets(caller, { limit: SUGGESTED, after: start });
      const paths = answer.ok ? answer.value.items.map(({ path }) => path) : [];
      return paths
        .filter((path) => path.startsWith(start))
        .map((path) => path.slice(`vsecure://${kind}/`.length));
    },
  });

  const list: ResourceFamily['list'] = async (caller, after) => {
    const answer = await listSecrets(caller, { limit: PAGE_DEFAULT, after });
    if (!answer.ok) return { items: [] };
    const items = answer.value.items.map(({ path, access }) => ({
      uri: path,
      name: path.replace(/^vsecure:\/\/[a-z]+\//, ''),
      description: `Access: ${access}`,
    }));
    return { ...answer.value, items };
  };
  return [{ ...family('secrets', 'Secrets'), list }, family('templates', 'Templates')];
}
