/** E-mail: plain text, one thread for each request, with links that open a card and decide nothing. */

import { createTransport, type Transporter } from 'nodemailer';
import type { Notification } from '../domain/notification.js';
import type { EmailSettings, Send, SendResult } from '../ports/index.js';
import { factsOf, headlineOf, reasonOf } from './message-text.js';
import { orTimeout, withTimeLimit } from './with-timeout.js';

export interface Mailer {
  readonly sender: (settings: EmailSettings) => Send;
  close(): void;
}

export interface MailerParts {
  /** `smtp://` or `smtps://`. */
  readonly url: string;
  /** An address, optionally with a name. */
  readonly from: string;
  /** Milliseconds for each step; all steps together get one and a half times as much. */
  readonly timeoutMs?: number | undefined;
}

/** Milliseconds. All steps together take at most 15 s, whatever a server does. */
const TIMEOUT = 10_000;

export function createMailer({ url, from, timeoutMs = TIMEOUT }: MailerParts): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    sender:
      ({ recipients }) =>
      (notification, signal) =>
        withTimeLimit(signal, timeoutMs * 1.5, async (limited) => {
          const sent = send(transport, from, recipients, notification);
          // If the server accepts the mail after the timeout, the retry sends the same mail with the same id.
          return (await orTimeout(sent, limited)) ?? { outcome: 'unavailable', error: 'timeout' };
        }),
    close: () => transport.close(),
  };
}

/** One message to all recipients, so that each sees who else got it. */
async function send(
  transport: Transporter,
  from: string,
  to: readonly string[],
  notification: Notification,
): Promise<SendResult> {
  try {
    await transport.sendMail({ from, to: [...to], ...mailOf(notification, domainOf(from)) });
    return { outcome: 'sent' };
  } catch (error) {
    return failureOf(error);
  }
}

/**
 * The subject contains no text of others and is the same for all mails about one request, so that they are shown as one thread (RFC 5322,
 * section 3.6.4). The message id is the notification's: a mail that was sent twice is the same mail.
 */
function mailOf(notification: Notification, domain: string) {
  const { id, approval, link } = notification;
  const reason = reasonOf(notification);
  const thread = approval && `<${approval}@${domain}>`;
  const lines = [
    headlineOf(notification),
    '',
    ...factsOf(notification),
    ...(reason ? ['', 'Reason, as written:', reason] : []),
    ...(link ? ['', 'Open the request in Slack, where approvers can decide:', link] : []),
    ...(approval ? ['', 'On the command line: vsecure mcp:approvals'] : []),
  ];
  return {
    subject: approval
      ? `vsecure: request ${approval}`
      : `vsecure: ${headlineOf({ ...notification, outcome: undefined })}`,
    text: `${lines.join('\n')}\n`,
    messageId: `<${id}@${domain}>`,
    ...(thread && { inReplyTo: thread, references: thread }),
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

const domainOf = (from: string) => /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';

/** A server that answers with a code refuses this message; one that does not answer is unavailable. */
function failureOf(error: unknown): SendResult {
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : NaN;
  if (code >= 400 && code < 600)
    return { outcome: code === 421 ? 'unavailable' : 'retry', error: `smtp_${code}` };
  return { outcome: 'unavailable', error: 'smtp_unreachable' };
}
