/** Reads the server's environment; no other file does. Reports all problems at once, by name, and never a value. */

import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import {
  adminEmail,
  allowedHosts,
  confidential,
  databaseUrl,
  host,
  integer,
  isHttpUrl,
  isLoopback,
  list,
  publicUrl,
  smtpUrl,
  tokenWithPrefix,
  trustedProxies,
  url,
} from './config-fields.js';
import { email, slackChannelId, slackUserId } from './contract/fields.js';
import { parseMasterKey } from './crypto/master-key.js';
import { parseDuration } from './domain/duration.js';
import {
  DAY,
  DELIVERY_RETENTION,
  DENIED_COOLDOWN_DEFAULT,
  HOUR,
  KEEP_ALIVE_DEFAULT,
  PENDING_MAX_DEFAULT,
  RATE_LIMIT_DEFAULT,
  REQUESTS_PER_HOUR_DEFAULT,
} from './domain/limits.js';

/** Settings are missing or wrong. The message names each of them on its own line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config';

  /** Each begins with the name of a setting and a colon. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

export type Config = ReturnType<typeof readConfig>;

/** True unless something that is not a folder has this name, or stands on the way to it. */
function canBeFolder(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch {
    return false;
  }
}

const onOff = z.enum(['on', 'off'], { error: 'must be on or off' });

const MASTER_KEY_FORM = '32 random bytes in base64; create one with `openssl rand -base64 32`';

const ENVIRONMENT = z.object({
  DATABASE_URL: databaseUrl.optional(),
  VSECURE_DATA_DIR: z
    .string()
    .refine(path.isAbsolute, { error: 'must be an absolute path', abort: true })
    .refine(canBeFolder, { error: 'is not a folder: a file has this name or one above it' })
    .optional(),
  VSECURE_MASTER_KEY: z
    .string()
    .refine(isMasterKey, { error: `must be ${MASTER_KEY_FORM}` })
    .pipe(confidential)
    .optional(),
  VSECURE_MASTER_KEY_FILE: z.string().optional(),
  VSECURE_MIGRATE: z.enum(['auto', 'off'], { error: 'must be auto or off' }).default('auto'),
  HOST: host.default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a port number from 0 to 65535' })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'must be a port number from 0 to 65535' })
    .default(3000),
  PUBLIC_URL: publicUrl.optional(),
  VSECURE_KEEP_ALIVE: z
    .string()
    .transform((text) => parseDuration(text))
    .refine((ms) => ms !== undefined && ms <= HOUR, {
      error: 'must be a duration such as 75s, 1h at most',
    })
    .transform((ms = 0) => ms)
    .default(KEEP_ALIVE_DEFAULT),
  VSECURE_ALLOWED_HOSTS: allowedHosts.optional(),
  VSECURE_TRUST_PROXY: trustedProxies.optional(),
  SLACK_BOT_TOKEN: tokenWithPrefix('xoxb-').optional(),
  SLACK_SIGNING_SECRET: confidential.optional(),
  SLACK_APP_TOKEN: tokenWithPrefix('xapp-').optional(),
  SLACK_CHANNEL: slackChannelId.optional(),
  SLACK_API_URL: url('http:', 'https:')
    .refine(isLoopback, { error: 'is for tests and the demo: it must be a loopback address' })
    .optional(),
  SLACK_LINK_BY_EMAIL: onOff.default('on'),
  SLACK_AUTO_APPROVED: z.enum(['lines', 'off'], { error: 'must be lines or off' }).default('lines'),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>\p{C}@"]+ )?<?[^\s<>@\p{C}]+@[A-Za-z0-9.-]+>?$/u, {
      error: 'must be an address like vsecure@example.com or vsecure <vsecure@example.com>',
    })
    .optional(),
  VSECURE_WEBHOOK_ALLOW: list
    .refine((all) => all.every(isHttpUrl), {
      error:
        'must be base URLs of receivers, separated by commas, without a user name, query or fragment',
    })
    .default([]),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^(?:[!#-+.\w^`|~-]+=[\x21-\x2b\x2d-\x7e]*(?:,|$))*$/, {
      error: 'must be like api-key=…,other=…',
    })
    .pipe(confidential)
    .optional(),
  OTEL_SERVICE_NAME: z.string().default('vsecure'),
  VSECURE_ADMIN_EMAIL: adminEmail.default('admin@localhost'),
  VSECURE_DEFAULT_APPROVERS: list
    .refine(
      (all) =>
        all.every((one) => email.safeParse(one).success || slackUserId.safeParse(one).success),
      {
        error: 'must be e-mail addresses or Slack user ids, separated by commas',
      },
    )
    .default([]),
  VSECURE_HUMAN_KEYS: z.enum(['login', 'admin'], { error: 'must be login or admin' }).optional(),
  VSECURE_MAX_PENDING: integer(1, 1000).default(PENDING_MAX_DEFAULT),
  VSECURE_MAX_REQUESTS_PER_HOUR: integer(1, 10_000).default(REQUESTS_PER_HOUR_DEFAULT),
  VSECURE_RATE_LIMIT: integer(1, 100_000).default(RATE_LIMIT_DEFAULT),
  VSECURE_DENIED_COOLDOWN: z
    .string()
    .transform((text) => (text === '0' ? 0 : parseDuration(text)))
    .refine((ms) => ms !== undefined, { error: 'must be a duration such as 15m, or 0' })
    .transform((ms = 0) => ms)
    .default(DENIED_COOLDOWN_DEFAULT),
  VSECURE_KEEP_DELIVERIES: z
    .string()
    .transform((text) => parseDuration(text))
    .refine((ms) => ms !== undefined && ms >= DAY, { error: 'must be a duration of 1d or more' })
    .transform((ms = 0) => ms)
    .default(DELIVERY_RETENTION),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
});

type Environment = z.infer<typeof ENVIRONMENT>;

/** Throws ConfigError. White space around a value is removed, and a value that is empty then counts as not set. */
export function readConfig(source: NodeJS.ProcessEnv) {
  const set = trimmed(source);
  const parsed = ENVIRONMENT.safeParse(set);
  const issues = parsed.error?.issues ?? [];
  const problems = [
    ...issues.map(({ path: [name], message }) => `${String(name)}: ${message}`),
    ...brokenLines(set),
    ...conflicts(set),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return configOf(parsed.data, source);
}

/** A line break at the end is a trace of the file or command that the value comes from; a key that keeps it fits nothing. */
function trimmed(source: NodeJS.ProcessEnv): Settings {
  const values = Object.entries(source).map(([name, value]) => [name, value?.trim()] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}

/** Every setting is one line. */
function brokenLines(settings: Settings): string[] {
  const names = Object.keys(ENVIRONMENT.shape) as (keyof Environment)[];
  return names.flatMap((name) =>
    /\p{Cc}/u.test(settings[name] ?? '')
      ? [`${name}: contains a line break or another control character`]
      : [],
  );
}

type Settings = Partial<Record<keyof Environment, string>>;

function conflicts(settings: Settings): string[] {
  const problems: string[] = [];
  const { DATABASE_URL, VSECURE_MASTER_KEY: key, VSECURE_MASTER_KEY_FILE: file } = settings;
  if (DATABASE_URL && !key && !file)
    problems.push(
      `VSECURE_MASTER_KEY: required with DATABASE_URL (or set VSECURE_MASTER_KEY_FILE): ${MASTER_KEY_FORM}`,
    );
  if (key && file)
    problems.push('VSECURE_MASTER_KEY_FILE: set either this or VSECURE_MASTER_KEY, not both');
  const { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN } = settings;
  if (SLACK_BOT_TOKEN && !SLACK_SIGNING_SECRET && !SLACK_APP_TOKEN)
    problems.push(
      'SLACK_SIGNING_SECRET: required with SLACK_BOT_TOKEN (or set SLACK_APP_TOKEN for Socket Mode)',
    );
  if (!SLACK_BOT_TOKEN && (SLACK_SIGNING_SECRET || SLACK_APP_TOKEN))
    problems.push('SLACK_BOT_TOKEN: required with the other Slack settings');
  if (settings.SMTP_URL && !settings.MAIL_FROM)
    problems.push('MAIL_FROM: required with SMTP_URL: the sender address of e-mails');
  if (settings.MAIL_FROM && !settings.SMTP_URL)
    problems.push('SMTP_URL: required with MAIL_FROM: smtp://… or smtps://…');
  if (settings.VSECURE_HUMAN_KEYS === 'login' && !SLACK_BOT_TOKEN)
    problems.push('VSECURE_HUMAN_KEYS: login requires Slack: set SLACK_BOT_TOKEN, or use admin');
  return problems;
}

function configOf(environment: Environment, source: NodeJS.ProcessEnv) {
  const { HOST: host, PORT: port } = environment;
  const dataDir = environment.VSECURE_DATA_DIR ?? path.join(userDataFolder(source), 'vsecure');
  return {
    database: environment.DATABASE_URL
      ? { url: environment.DATABASE_URL }
      : { dataDir: path.join(dataDir, 'postgres') },
    masterKey: {
      text: environment.VSECURE_MASTER_KEY,
      file: environment.VSECURE_MASTER_KEY_FILE ?? path.join(dataDir, 'master.key'),
      /** A key is generated only with the embedded database, in the same data folder. */
      create: !environment.DATABASE_URL && !environment.VSECURE_MASTER_KEY_FILE,
    },
    dataDir,
    migrate: environment.VSECURE_MIGRATE,
    http: {
      host,
      port,
      publicUrl: environment.PUBLIC_URL,
      allowedHosts: environment.VSECURE_ALLOWED_HOSTS ?? [],
      /** How long an idle connection stays open (ms). */
      keepAliveMs: environment.VSECURE_KEEP_ALIVE,
      trustProxy: environment.VSECURE_TRUST_PROXY ?? [],
      /** Requests that one key may make in a minute. */
      rateLimit: environment.VSECURE_RATE_LIMIT,
    },
    slack: slackOf(environment),
    mail:
      environment.SMTP_URL && environment.MAIL_FROM
        ? { url: environment.SMTP_URL, from: environment.MAIL_FROM }
        : undefined,
    /** Undefined when no collector is configured. */
    otel: environment.OTEL_EXPORTER_OTLP_ENDPOINT
      ? {
          endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
          headers: environment.OTEL_EXPORTER_OTLP_HEADERS,
          service: environment.OTEL_SERVICE_NAME,
        }
      : undefined,
    /** Base URLs of private receivers. */
    webhookAllow: environment.VSECURE_WEBHOOK_ALLOW,
    adminEmail: environment.VSECURE_ADMIN_EMAIL,
    defaultApprovers: environment.VSECURE_DEFAULT_APPROVERS,
    /** Without Slack no login can be confirmed, so an administrator creates the keys of people. */
    humanKeys: environment.VSECURE_HUMAN_KEYS ?? (environment.SLACK_BOT_TOKEN ? 'login' : 'admin'),
    limits: {
      maxPending: environment.VSECURE_MAX_PENDING,
      maxPerHour: environment.VSECURE_MAX_REQUESTS_PER_HOUR,
      deniedCooldown: environment.VSECURE_DENIED_COOLDOWN,
    },
    /** Milliseconds. */
    keepDeliveries: environment.VSECURE_KEEP_DELIVERIES,
    logLevel: environment.LOG_LEVEL,
  };
}

function slackOf(environment: Environment) {
  const { SLACK_BOT_TOKEN: botToken } = environment;
  if (!botToken) return undefined;
  return {
    botToken,
    signingSecret: environment.SLACK_SIGNING_SECRET,
    appToken: environment.SLACK_APP_TOKEN,
    channel: environment.SLACK_CHANNEL,
    apiUrl: environment.SLACK_API_URL,
    linkByEmail: environment.SLACK_LINK_BY_EMAIL === 'on',
    autoApproved: environment.SLACK_AUTO_APPROVED,
  };
}

/** The platform's folder for user data. Never the current folder, which may be a repository. */
function userDataFolder({ LOCALAPPDATA, XDG_DATA_HOME }: NodeJS.ProcessEnv): string {
  const home = homedir();
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  if (process.platform === 'win32') return LOCALAPPDATA || path.join(home, 'AppData', 'Local');
  // The XDG Base Directory Specification says to ignore relative paths.
  if (XDG_DATA_HOME && path.isAbsolute(XDG_DATA_HOME)) return XDG_DATA_HOME;
  return path.join(home, '.local', 'share');
}

function isMasterKey(text: string): boolean {
  try {
    return parseMasterKey(text, 'it') !== undefined;
  } catch {
    return false;
  }
}
