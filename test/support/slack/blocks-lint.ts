/** Says which of Slack's Block Kit limits a message or view breaks: emulators accept anything. */

import { asArray, asObject, asString, type JsonObject } from './json.js';
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
      ...(method.startsWith('chat.post') && !asString(body['text']) ? ['text: is missing'] : []),
    ];
    return problems.map((problem) => `${method} ${problem}`);
  });
}
