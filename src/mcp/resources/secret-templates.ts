/** `vsecure://secrets/…` and `vsecure://templates/…`: metadata, and the access that the caller could get. Never a value. */

import { PAGE_DEFAULT } from '../../domain/limits.js';
import type { DescribeSecret } from '../../usecases/secrets/describe-secret.js';
import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { ResourceTemplate } from '../resource.js';
import { secretSummary } from '../secret-summary.js';

/** Enough for a menu. Each suggestion costs a policy lookup. */
const SUGGESTED = 20;

/** The store keeps secrets and configuration templates in one ordered list, so the first template lists both. */
export function createSecretTemplates(
  listSecrets: ListSecrets,
  describeSecret: DescribeSecret,
): readonly [secrets: ResourceTemplate, templates: ResourceTemplate] {
  const createTemplate = (kind: 'secrets' | 'templates', title: string): ResourceTemplate => ({
    uriTemplate: `vsecure://${kind}/{+path}`,
    prefix: `vsecure://${kind}/`,
    variable: 'path',
    metadata: {
      name: kind,
      title,
      description: `The metadata of one of the ${kind} and the access you could get. Never the value: call read-secret for that.`,
      mimeType: 'application/json',
    },

    async read(caller, uri) {
      const answer = await describeSecret(caller, uri);
      return answer.ok ? secretSummary(answer.value) : undefined;
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

  const list: ResourceTemplate['list'] = async (caller, after) => {
    const answer = await listSecrets(caller, { limit: PAGE_DEFAULT, after });
    if (!answer.ok) return { items: [] };
    const items = answer.value.items.map(({ path, access }) => ({
      uri: path,
      name: path.replace(/^vsecure:\/\/[a-z]+\//, ''),
      description: `Access: ${access}`,
    }));
    return { ...answer.value, items };
  };
  return [
    { ...createTemplate('secrets', 'Secrets'), list },
    createTemplate('templates', 'Templates'),
  ];
}
