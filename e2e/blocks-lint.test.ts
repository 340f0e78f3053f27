/** The Block Kit linter reports what Slack would refuse and accepts the rest. */

import { expect, test } from 'vitest';
import {
  expectNoProblems,
  lintAnswer,
  lintCalls,
  lintFrames,
  lintMessage,
  lintView,
} from '../test/support/slack/blocks-lint.js';
import { CARD, MODAL } from './click-bot.js';

const button = (text: string) => ({
  type: 'button',
  action_id: 'a',
  text: { type: 'plain_text', text },
});

test('the linter accepts a valid card and a valid modal', () => {
  expect(lintMessage(CARD)).toEqual([]);
  expect(lintView(MODAL)).toEqual([]);
});

test.each([
  ['no blocks', [], 'blocks: 0 items'],
  ['51 blocks', Array(51).fill({ type: 'divider' }), 'blocks: 51 items'],
  ['an unknown block', [{ type: 'nope' }], 'nope is no block'],
  ['a modal-only block', [{ type: 'alert', text: CARD }], 'alert is not for a message'],
  [
    'a long header in 𝄞 code points',
    [{ type: 'header', text: { type: 'plain_text', text: '𝄞'.repeat(151) } }],
    '151 characters, 150 allowed',
  ],
  ['mrkdwn in a header', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], 'plain_text'],
  [
    'a mention of all members',
    [{ type: 'section', text: { type: 'mrkdwn', text: '<!channel>' } }],
    'mentions all members',
  ],
  ['a button with 76 letters', [{ type: 'actions', elements: [button('x'.repeat(76))] }], '76'],
  [
    'one action_id twice',
    [{ type: 'actions', elements: [button('x'), button('y')] }],
    'repeats action_id a',
  ],
  [
    'one block_id twice',
    [
      { type: 'divider', block_id: 'b' },
      { type: 'divider', block_id: 'b' },
    ],
    'repeats block_id b',
  ],
  [
    'a choice that is not offered',
    [
      {
        type: 'actions',
        elements: [
          {
            type: 'static_select',
            action_id: 's',
            options: [{ text: button('x').text, value: 'x' }],
            initial_option: { text: button('y').text, value: 'y' },
          },
        ],
      },
    ],
    'initial option that is not offered',
  ],
  [
    'a data table without a caption',
    [{ type: 'data_table', rows: [[], []] }],
    'caption: is no string',
  ],
  ['eleven fields', [{ type: 'section', fields: Array(11).fill(button('x').text) }], '11 items'],
])('finds %s', (_planted, blocks, problem) => {
  expect(lintMessage(blocks).join('\n')).toContain(problem);
});

test('the linter reports a long modal title, a missing submit, and a fault in a recorded call', () => {
  const view = {
    type: 'modal',
    title: { type: 'plain_text', text: 'x'.repeat(25) },
    private_metadata: 'x'.repeat(3001),
    blocks: [
      {
        type: 'input',
        label: { type: 'plain_text', text: 'Reason' },
        element: { type: 'plain_text_input', max_length: 3001 },
      },
    ],
  };
  expect(lintView(view)).toEqual([
    'blocks[0].element.max_length: 3000 allowed',
    'private_metadata: 3001 characters, 3000 allowed',
    'title.text: 25 characters, 24 allowed',
    'submit: is required where there is an input',
  ]);
  expect(lintCalls([{ method: 'chat.postMessage', body: { blocks: CARD } }])).toEqual([
    'chat.postMessage text: is missing',
  ]);
});

test('the linter reports a fault in the answer to a form, on a response_url and over Socket Mode', () => {
  const view = { type: 'modal', title: { type: 'plain_text', text: 'Fine' }, blocks: [] };
  const answer = { response_action: 'update', view };
  const text = JSON.stringify({ envelope_id: '1', payload: answer });
  expect(lintAnswer(answer)).toEqual(['an answer: blocks: 0 items, 1 to 100 allowed']);
  expect(lintAnswer({ blocks: CARD })).toEqual(['an answer: text: is missing']);
  expect(lintFrames([{ from: 'bot', text }])).toHaveLength(1);
  expect(lintFrames([{ from: 'slack', text }])).toEqual([]);
  expect(lintAnswer('')).toEqual([]);
  expect(() => expectNoProblems(lintAnswer(answer))).toThrow('0 items');
});
