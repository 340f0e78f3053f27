/** Every place in Slack that shows foreign text, and what such text must never do there. */

import type { ModalView } from '@slack/types';
import { UNVERIFIED } from '../../src/slack/cards/agent-blocks.js';
import { approvalCard } from '../../src/slack/cards/approval-card.js';
import { autoApprovedLines } from '../../src/slack/cards/auto-approved-lines.js';
import { approveForm, denyForm } from '../../src/slack/views/decision-forms.js';
import { detailsView } from '../../src/slack/views/details-view.js';
import { revokeForm } from '../../src/slack/views/revoke-form.js';
import type { CardFacts } from '../../src/usecases/approvals/card-facts.js';
import { lintMessage, lintView } from '../support/slack/blocks-lint.js';
import { asArray, asObject, asString } from '../support/slack/json.js';
import { autoApproved, changeTo, EVERY_STATE, factsOf, PENDING, TEAM } from './facts.js';

/** A message, or a modal, which has no fallback text. */
export interface Surface {
  readonly text?: string;
  readonly blocks: ModalView['blocks'];
}

export type Draw = (words: string) => Surface;

const OPENING = { teamId: TEAM, seen: PENDING.digest };
const DRAWING = { teamId: TEAM, revision: 7 };
const CLIENT_MAX = 200;

const asAgent = (words: string): CardFacts =>
  factsOf({ approval: { ...PENDING, reason: words, claimedClient: words.slice(0, CLIENT_MAX) } });

const asPolicy = (words: string): CardFacts =>
  factsOf({
    policyChanges: { name: words || ' ' },
    approval: { ...PENDING, autoReport: `not auto-approved: ${words}` },
    changes: [changeTo(4, `name: Production → ${words}`)],
  });

const named = (state: string): CardFacts => {
  const facts = EVERY_STATE[state];
  if (!facts) throw new Error(`there is no state ${state}`);
  return facts;
};

function asDecider(words: string): CardFacts {
  const { approval, grant, ...rest } = named('revoked');
  const decided = { ...approval, decisionReason: words } as typeof approval;
  return { ...rest, approval: decided, grant: grant && { ...grant, endReason: words } };
}

function revoking(words: string): Surface {
  const { approval, grant, ...rest } = named('approved');
  if (!grant) throw new Error('an approval without a grant');
  const decided = { ...approval, decisionReason: words } as typeof approval;
  return revokeForm({ ...rest, approval: decided, grant }, TEAM);
}

/** By the author and the place of the text. */
export const SURFACES: Readonly<Record<string, Draw>> = {
  'the agent’s, on the card': (words) => approvalCard(asAgent(words), DRAWING),
  'the agent’s, in the form to approve': (words) => approveForm(asAgent(words), OPENING),
  'the agent’s, in the form to deny': (words) => denyForm(asAgent(words), OPENING),
  'the agent’s, in the details': (words) => detailsView(asAgent(words), TEAM),
  'the decider’s, on the card': (words) => approvalCard(asDecider(words), DRAWING),
  'the decider’s, in the details': (words) => detailsView(asDecider(words), TEAM),
  'the decider’s, in the form to revoke': revoking,
  'the policy’s, on the card': (words) => approvalCard(asPolicy(words), DRAWING),
  'the policy’s, in a form that must be looked at again': (words) =>
    approveForm(asPolicy(words), { ...OPENING, changed: [`The policy changed: ${words}`] }),
  'the policy’s, in a quiet line': (words) =>
    autoApprovedLines({
      approvals: autoApproved(1).map((one) => ({ ...one, autoReport: `auto-approved: ${words}` })),
      count: 1,
    }),
};

/** Control, format, surrogate, private and unassigned characters; line feeds make lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u;
/** The only form of foreign text in mrkdwn: inside a code span, escaped, on one line. */
const SPAN = '`(?:[^`<>&\\n]|&(?:amp|lt|gt);)*`';
const OURS_WITH_WORDS = [
  new RegExp(`^(?:Decide before .* · Approvers: .*\\n)?Policy ${SPAN} · \`appr_\\w{4}\`$`),
  new RegExp(`^\\*Requested\\* read for 1 hour\\n(?:.*\\n)*\\*Policy\\* ${SPAN}, version 3\\n`),
  new RegExp(
    `^\`claude-desktop\` may read \`production/A\` for 1 hour. Ends <!date[^>]+>(?:: ${SPAN})?$`,
  ),
];
/** Blocks that foreign text may not add, remove or change. */
const FIXED = new Set(['header', 'actions', 'input', 'divider']);

/** Compares the blocks of one place with the same blocks around harmless text. */
export function createChecker(draw: Draw): (words: string, drawn: Surface) => string[] {
  const calm = draw(CALM);
  const known = new Set(parsed(calm.blocks));
  const facts = [...known].filter((text) => !OURS_WITH_WORDS.some((ours) => ours.test(text)));
  const fixed = fixedOf(calm);
  const ours = hasWords(calm) ? besideWords(calm) : undefined;
  return (words, drawn) => {
    const live = parsed(drawn.blocks);
    const foreign = live.filter(
      (text) => !known.has(text) && !OURS_WITH_WORDS.some((ours) => ours.test(text)),
    );
    return [
      ...(drawn.text === calm.text ? [] : [`the fallback text: ${drawn.text}`]),
      ...(fixedOf(drawn) === fixed ? [] : ['a header, a button, a field or the line']),
      ...(ours === undefined || besideWords(drawn) === ours ? [] : ['a block beside the words']),
      ...facts.filter((text) => !live.includes(text)).map((text) => `a fact is lost: ${text}`),
      ...foreign.map((text) => `mrkdwn: ${text}`),
      ...unseenIn(drawn),
      ...unframed(words, drawn),
      ...('type' in drawn ? lintView(drawn) : lintMessage(drawn.blocks)),
    ];
  };
}

const CALM = 'No harm is in this';

const fixedOf = ({ blocks }: Surface) =>
  JSON.stringify(blocks.filter(({ type }) => FIXED.has(type)).map(withoutId));
const withoutId = ({ block_id: _, ...block }: Surface['blocks'][number]) => block;

/** All bytes but those of the agent's block; in the details, those above the divider. */
const besideWords = ({ blocks }: Surface) =>
  JSON.stringify(blocks.filter((block, place) => !isWords(block, place, lineOf(blocks))));
const isWords = (block: Surface['blocks'][number], place: number, line: number) =>
  line > 0 ? place > line : JSON.stringify(block).includes(`"${UNVERIFIED}`);
const lineOf = (blocks: Surface['blocks']) => blocks.findIndex(({ type }) => type === 'divider');
/** Text of approvers and policies is among the facts; an agent's text never is. */
const hasWords = ({ blocks }: Surface) =>
  blocks.some(
    (block, place) => isWords(block, place, lineOf(blocks)) && JSON.stringify(block).includes(CALM),
  );

const unseenIn = ({ blocks }: Surface) =>
  shown(blocks)
    .filter((text) => UNSEEN.test(text.replaceAll('\n', '')))
    .map((text) => `a character that cannot be seen: ${JSON.stringify(text)}`);

/** Every line of foreign text is marked as a quotation. */
function unframed(words: string, { blocks }: Surface): string[] {
  if (!words.includes('\n')) return [];
  const plain = blocks.flatMap((block) => {
    const { type, text } = asObject(asObject(block)['text']);
    return block.type === 'section' && type === 'plain_text' ? [asString(text)] : [];
  });
  return plain
    .flatMap((text) => text.split('\n'))
    .filter(
      (line) =>
        !/^(?:│ |Why: “|The policy changed: |Read production\/DATABASE_URL for 1.hour\?$|(?:Approved|Revoked): read production\/DATABASE_URL(?: for 30.min)?$)/.test(
          line,
        ),
    )
    .map((line) => `a line without its mark: ${line}`);
}

/** Every text that Slack would parse. */
export function parsed(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(parsed);
  if (typeof node !== 'object' || node === null) return [];
  const { type, text } = asObject(node);
  if (type === 'mrkdwn') return [asString(text)];
  return Object.values(node).flatMap(parsed);
}

/** Every text that a person sees. */
export function shown(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(shown);
  if (typeof node !== 'object' || node === null) return [];
  const { type, text } = asObject(node);
  if (type === 'mrkdwn' || type === 'plain_text') return [asString(text)];
  return asArray(Object.values(node)).flatMap(shown);
}
