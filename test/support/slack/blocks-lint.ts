/** Reports Block Kit limits that a message or view exceeds, since emulators accept anything. */

import { asArray, asObject, type JsonObject, parseJson } from './json.js';
import { lintBlocks } from './lint/blocks.js';
import { type Surface, TEXT, VALUE } from './lint/limits.js';
import { createReport, type Report } from './lint/report.js';
import { lintOptionalPlain, lintPlain } from './lint/text.js';

/** The problems of a message's blocks, each with its path; none for a message that Slack accepts. */
export function lintMessage(blocks: unknown): string[] {
  const report = createReport();
  lintBlocks(report, blocks, 'message');
  return report.problems;
}

/** The same for a modal or an App Home page. */
export function lintView(view: unknown): string[] {
  const report = createReport();
  const whole = asObject(view);
  const surface: Surface = whole['type'] === 'home' ? 'home' : 'modal';
  lintBlocks(report, whole['blocks'], surface);
  report.optional(
    'private_metadata',
    whole['private_metadata'] || undefined,
    VALUE.privateMetadata,
  );
  report.optional('callback_id', whole['callback_id'], VALUE.id);
  report.optional('external_id', whole['external_id'], VALUE.id);
  if (surface === 'modal') lintModal(report, whole);
  return report.problems;
}

function lintModal(report: Report, { title, submit, close, blocks }: JsonObject): void {
  lintPlain(report, 'title', title, TEXT.modalTitle);
  lintOptionalPlain(report, 'submit', submit, TEXT.modalTitle);
  lintOptionalPlain(report, 'close', close, TEXT.modalTitle);
  const asks = asArray(blocks).some((block) => asObject(block)['type'] === 'input');
  if (asks && submit === undefined) report.add('submit', 'is required where there is an input');
}

/** Recorded Web API calls, linted as Slack would have: `calls` of a fault proxy. */
export function lintCalls(
  calls: readonly { readonly method: string; readonly body: JsonObject }[],
): string[] {
  return calls.flatMap(({ method, body }) => {
    const problems = [
      ...(body['blocks'] === undefined ? [] : lintMessage(body['blocks'])),
      ...(body['view'] === undefined ? [] : lintView(body['view'])),
      ...(/^chat\.(?:post|update)/.test(method) ? lintFallback(body['text']) : []),
    ];
    return problems.map((problem) => `${method} ${problem}`);
  });
}

/** The text for notifications and screen readers. */
function lintFallback(text: unknown): string[] {
  const report = createReport();
  if (text === undefined) report.add('text', 'is missing');
  report.optional('text', text, VALUE.messageText);
  return report.problems;
}

/** The bot's answer to an interaction: the acknowledgement of a form, or a message on a response_url. */
export function lintAnswer(answer: unknown): string[] {
  const { view, blocks, text } = asObject(answer);
  return [
    ...(view === undefined ? [] : lintView(view)),
    ...(blocks === undefined ? [] : lintMessage(blocks)),
    ...(blocks === undefined ? [] : lintFallback(text)),
  ].map((problem) => `an answer: ${problem}`);
}

/** The same for the bot's messages over Socket Mode. */
export const lintFrames = (
  frames: readonly { readonly from: string; readonly text: string }[],
): string[] =>
  frames
    .filter(({ from }) => from === 'bot')
    .flatMap(({ text }) => lintAnswer(asObject(parseJson(text))['payload']));

/** Throws when there is a problem. A test calls it at the end, and fails then. */
export function expectNoProblems(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new Error(`Slack would have refused what was sent:\n${problems.join('\n')}`);
}
