/** The examples that each command shows below its help. */

import type { Command } from 'commander';

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  serve: ['vsecure serve', 'DATABASE_URL=postgres://localhost/vsecure vsecure serve'],
  demo: ['vsecure demo'],
  migrate: ['vsecure migrate --dry-run', 'vsecure migrate'],
  backup: ['vsecure backup /var/backups/vsecure-2026-11-22'],
  'admin:bootstrap': ['vsecure admin:bootstrap'],
  'audit:confirm': ['vsecure audit:confirm', 'vsecure audit:confirm --yes'],
  'audit:detach': ['vsecure audit:detach --before 2026-01-01 --yes'],
  doctor: ['vsecure doctor', 'vsecure doctor --json'],
  'slack:check': ['vsecure slack:check', 'vsecure slack:check --post'],
  mcp: ['vsecure mcp --check'],
  access: [
    'vsecure access request production/DATABASE_URL --reason "Debugging the failing connection"',
    'vsecure access wait appr_…',
    'vsecure access read appr_…',
  ],
  'access request': [
    'vsecure access request production/DATABASE_URL --reason "Debugging the failing connection"',
    'vsecure access request production/A production/B --reason "The nightly import" --duration 30m',
  ],
  'access wait': ['vsecure access wait appr_…', 'vsecure access wait appr_… --for 10m'],
  'access read': ['vsecure access read appr_…'],
  'secrets:get': ['vsecure secrets:get production/DATABASE_URL'],
  'mcp:approvals': ['vsecure mcp:approvals --status pending', 'vsecure mcp:approvals --json'],
  'mcp:approve': [
    'vsecure mcp:approve appr_… --reason "debugging the outage"',
    'vsecure mcp:approve appr_… --reason "read-only check" --duration 15m --yes',
  ],
  'mcp:deny': ['vsecure mcp:deny appr_… --reason "use staging instead"'],
  'mcp:grants': ['vsecure mcp:grants', 'vsecure mcp:grants --json'],
  'mcp:revoke': ['vsecure mcp:revoke grnt_… --reason "incident resolved"'],
  'mcp:configure': [
    'vsecure mcp:configure -f policies.yml --dry-run',
    'vsecure mcp:configure -f policies.yml',
    'vsecure mcp:configure -f policies.yml --yes',
  ],
  'mcp:simulate': ['vsecure mcp:simulate -f policies.yml --since 30d'],
  'mcp:resources': ['vsecure mcp:resources', 'vsecure mcp:resources --json'],
  'mcp:explain': ['vsecure mcp:explain production/DATABASE_URL read --as claude-desktop'],
  'mcp:audit': [
    'vsecure mcp:audit --resource "production/*" --since 24h',
    'vsecure mcp:audit --action secret_read --actor claude-desktop',
    'vsecure mcp:audit --verdict deny --group-by actor --since 7d',
    'vsecure mcp:audit --csv --since 30d',
    'vsecure mcp:audit --jsonl',
    'vsecure mcp:audit --follow',
  ],
  'secrets:set': [
    'vsecure secrets:set production/DATABASE_URL',
    'pass show db | vsecure secrets:set production/DATABASE_URL',
  ],
  'secrets:list': ['vsecure secrets:list', 'vsecure secrets:list --json'],
  'secrets:delete': [
    'vsecure secrets:delete staging/OLD_TOKEN',
    'vsecure secrets:delete staging/OLD_TOKEN --yes',
  ],
  'mcp:metrics': [
    'vsecure mcp:metrics --since 7d',
    'vsecure mcp:metrics --metric access_count --since 24h --group-by resource',
    'vsecure mcp:metrics --metric access_count --since 7d --plot',
    'vsecure mcp:metrics --metric time_to_decision --since 30d --resource "production/*"',
  ],
  'secrets:rotate': ['vsecure secrets:rotate staging/SESSION_KEY'],
  'notifications:set': [
    'vsecure notifications:set email --recipients oncall@example.com --events approval_requested,alert',
    'pass show vsecure/slack-webhook | vsecure notifications:set slack --url --channel "#security-approvals"',
    'echo https://your-app.example.com/webhooks/mcp | vsecure notifications:set webhook --url --events "*"',
    'vsecure notifications:set webhook --rotate-secret',
  ],
  'notifications:list': ['vsecure notifications:list'],
  'notifications:test': ['vsecure notifications:test webhook'],
  'notifications:deliveries': ['vsecure notifications:deliveries --state dead'],
  'notifications:replay': [
    'vsecure notifications:replay dlvr_0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'vsecure notifications:replay --receiver webhook --since 24h',
    'vsecure notifications:replay --receiver webhook --state sent --since 1h',
  ],
  'keys:create': [
    'vsecure keys:create --name claude-desktop --class agent --owner bob@example.com --expires 90d',
  ],
  'keys:list': ['vsecure keys:list'],
  'keys:revoke': ['vsecure keys:revoke 4fT9xQz1Lm'],
  'keys:suspend': ['vsecure keys:suspend claude-desktop --reason "odd requests"'],
  'keys:resume': ['vsecure keys:resume claude-desktop --reason "a false alarm"'],
  'people:code': ['vsecure people:code', 'vsecure people:code --for ana@example.com'],
  'people:list': ['vsecure people:list'],
  'people:set': ['vsecure people:set ana@example.com --role auditor'],
  'people:remove': [
    'vsecure people:remove ana@example.com',
    'vsecure people:remove ana@example.com --yes',
  ],
  'people:link': ['vsecure people:link ana@example.com --slack T012ABC/U034DEF'],
  'alerts:set': [
    'vsecure alerts:set busy --metric access_count --over 50 --period 1h --resource "production/*"',
    'vsecure alerts:set burst --disable --yes',
  ],
  'alerts:rules': ['vsecure alerts:rules'],
  'alerts:list': ['vsecure alerts:list', 'vsecure alerts:list --json'],
  'alerts:silence': ['vsecure alerts:silence busy --for 2h --reason "a load test"'],
  'alerts:remove': ['vsecure alerts:remove busy'],
  'mcp:config': [
    'vsecure mcp:config claude-code',
    'vsecure mcp:config cursor --write',
    'vsecure mcp:config --print http',
  ],
  login: [
    'vsecure login --url https://vsecure.example.com',
    'vsecure login --url https://vsecure.example.com --profile prod',
  ],
  'auth:whoami': ['vsecure auth:whoami', 'vsecure auth:whoami --profile prod'],
  'auth:scopes': ['vsecure auth:scopes'],
};

/** Adds the examples of a command, if this file has any. Some commands define their own. */
export function addExamples(command: Command): void {
  const within = command.parent?.parent ? `${command.parent.name()} ` : '';
  const examples = EXAMPLES[within + command.name()];
  if (!examples) return;
  const lines = examples.map((example) => `  ${example}`).join('\n');
  command.addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${lines}`);
}
