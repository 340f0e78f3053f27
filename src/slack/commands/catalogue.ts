/** The sub-commands of `/vsecure`, in the order in which help lists them. */

import { type ApprovalsParts, createApprovalsCommand } from './approvals.js';
import { type AuditCommandParts, createAuditCommand } from './audit.js';
import type { Command } from './command.js';
import { createGrantsCommand, type GrantsParts } from './grants.js';
import { createLinkCommand, type LinkParts } from './link.js';
import { createLoginCommand, type LoginCommandParts } from './login.js';
import { createMetricsCommand, type MetricsParts } from './metrics.js';
import { createResourcesCommand, type ResourcesParts } from './resources.js';
import { createRevokeCommand, type RevokeParts } from './revoke.js';
import { createWhoamiCommand } from './whoami.js';

export type CatalogueParts = ApprovalsParts &
  AuditCommandParts &
  GrantsParts &
  MetricsParts &
  ResourcesParts &
  RevokeParts &
  LinkParts &
  LoginCommandParts;

export const createCatalogue = (parts: CatalogueParts): readonly Command[] => [
  createApprovalsCommand(parts),
  createAuditCommand(parts),
  createGrantsCommand(parts),
  createRevokeCommand(parts),
  createResourcesCommand(parts),
  createMetricsCommand(parts),
  createWhoamiCommand(),
  createLinkCommand(parts),
  createLoginCommand(parts),
];
