/** The parts of Slack's payloads that vsecure reads, validated. https://docs.slack.dev/reference/interaction-payloads */

import { z } from 'zod';

const ref = z.object({ id: z.string() });

/** The app, the workspaces and the account that a payload names. Slash commands are flat, interactions nested. */
const envelope = z.object({
  type: z.string().optional(),
  command: z.string().optional(),
  api_app_id: z.string().nullish(),
  team: ref.nullish(),
  team_id: z.string().nullish(),
  enterprise: ref.nullish(),
  enterprise_id: z.string().nullish(),
  user: z.object({ id: z.string(), team_id: z.string().nullish() }).nullish(),
  user_id: z.string().nullish(),
  channel: ref.nullish(),
  channel_id: z.string().nullish(),
  trigger_id: z.string().nullish(),
  view: z
    .object({
      type: z.string().nullish(),
      callback_id: z.string().nullish(),
      app_installed_team_id: z.string().nullish(),
    })
    .nullish(),
  actions: z.array(z.object({ action_id: z.string() })).nullish(),
});
export type Envelope = z.infer<typeof envelope>;

const click = z.object({
  channel: ref.nullish(),
  container: z.object({ message_ts: z.string().nullish(), is_ephemeral: z.boolean().nullish() }),
  view: z.object({ type: z.string() }).nullish(),
  trigger_id: z.string(),
  actions: z.tuple([z.object({ value: z.string().optional() })], z.unknown()),
});

const submission = z.object({
  view: z.object({
    id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.unknown() }),
  }),
});

/** Undefined when the body has another shape. */
export function readEnvelope(body: unknown): Envelope | undefined {
  return envelope.safeParse(body).data;
}

export interface ClickedButton {
  /** The message with the button, which its whole channel sees; undefined for a button in a view or in an answer to one person. */
  readonly place?: { readonly channel: string; readonly messageId: string } | undefined;
  readonly inModal: boolean;
  readonly triggerId: string;
  readonly value: string | undefined;
}

/** A clicked button; undefined for any other payload. */
export function readClick(body: unknown): ClickedButton | undefined {
  const read = click.safeParse(body).data;
  if (!read) return undefined;
  const { channel, container, view, trigger_id: triggerId, actions } = read;
  const { message_ts: messageId, is_ephemeral: isEphemeral } = container;
  return {
    // A click in the App Home may come with an empty channel.
    ...(channel?.id && messageId && !isEphemeral && { place: { channel: channel.id, messageId } }),
    inModal: view?.type === 'modal',
    triggerId,
    value: actions[0].value,
  };
}

export interface Submission {
  readonly viewId: string;
  readonly metadata: string;
  readonly values: unknown;
}

export function readSubmission(body: unknown): Submission | undefined {
  const view = submission.safeParse(body).data?.view;
  return view && { viewId: view.id, metadata: view.private_metadata, values: view.state.values };
}
