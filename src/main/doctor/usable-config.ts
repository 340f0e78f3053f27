/** Reads what is right of a configuration, so that one wrong setting hides no other problem. */

import { type Config, ConfigError, readConfig } from '../../config.js';
import { type Finding, failed, skipped } from '../../slack/check/finding.js';

/** Settings that are only right together. When one is wrong, all of them count as not set. */
const FAMILIES = {
  database: /^(DATABASE_URL|VSECURE_DATA_DIR)$/,
  masterKey: /^VSECURE_MASTER_KEY/,
  slack: /^(SLACK_|VSECURE_HUMAN_KEYS$)/,
  mail: /^(SMTP_URL|MAIL_FROM)$/,
  address: /^(HOST|PORT)$/,
} as const;
export type Family = keyof typeof FAMILIES;

export interface UsableConfig {
  readonly config: Config;
  readonly findings: readonly Finding[];
  /** A finding when a setting of this family is wrong, so that what depends on it cannot be checked. */
  readonly unusable: (family: Family) => Finding | undefined;
}

export function readUsableConfig(env: NodeJS.ProcessEnv): UsableConfig {
  try {
    const config = readConfig(env);
    return {
      config,
      findings: [{ result: 'ok', message: `no setting is wrong; ${describe(config)}` }],
      unusable: () => undefined,
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = error.problems.map((problem) => problem.slice(0, problem.indexOf(':')));
    return {
      config: readConfig(without(wrong, env)),
      findings: error.problems.map((problem) => failed(problem, 'correct this setting')),
      unusable(family) {
        const name = wrong.find((one) => FAMILIES[family].test(one));
        return name === undefined ? undefined : skipped(`not checked, because ${name} is wrong`);
      },
    };
  }
}

function without(wrong: readonly string[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const broken = Object.values(FAMILIES).filter((family) => wrong.some((one) => family.test(one)));
  const right = Object.entries(env).filter(
    ([name]) => !wrong.includes(name) && !broken.some((family) => family.test(name)),
  );
  return {
    ...Object.fromEntries(right),
    // DATABASE_URL requires a master key. Nothing reads this file, because its family is wrong.
    ...(broken.includes(FAMILIES.masterKey) && { VSECURE_MASTER_KEY_FILE: '/not/configured' }),
  };
}

function describe({ database, slack, mail }: Config): string {
  return [
    database.url ? 'a PostgreSQL server of yours' : `the embedded database in ${database.dataDir}`,
    slack ? `Slack over ${slack.appToken ? 'Socket Mode' : 'HTTP'}` : 'no Slack',
    mail ? 'e-mail' : 'no e-mail',
  ].join(', ');
}
