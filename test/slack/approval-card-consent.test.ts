/** Consent integrity: no text of an agent, an approver or a policy can change the facts on a card or look like one of them. */
import { setImmediate as breathe } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileText } from './hostile.js';
import { createChecker, type Draw, SURFACES, type Surface, shown } from './surfaces.js';

const NIGHTLY = process.env['VSECURE_NIGHTLY'] === '1';
/** The total number of texts; each one is tried in the next place. */
const TEXTS = NIGHTLY ? 1_000_000 : 20_000;
const AT_ONCE = 1_000;
const PATIENCE = NIGHTLY ? 4 * 3_600_000 : 180_000;

const places = Object.entries(SURFACES);
const each = Math.ceil(TEXTS / places.length);

describe.each(places)('foreign text: %s', (_, draw) => {
  const check = createChecker(draw);

  test(
    `${each} hostile texts change no fact, are never parsed and show all that they hide`,
    async () => {
      for (let done = 0; done < each; done += AT_ONCE) {
        const numRuns = Math.min(AT_ONCE, each - done);
        const harmless = fc.property(hostileText, (words) => {
          expect(check(words, draw(words))).toEqual([]);
        });
        fc.assert(harmless, { numRuns });
        await breathe();
      }
    },
    PATIENCE,
  );
});

/** Tests every n-th code point; another test runs the cleaning with all of them. */
const STRIDE = NIGHTLY ? 1 : 37;
const CLASSES = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/u;
const ORDINARY = '\n\r\t';

function unseen(): readonly string[] {
  const found: string[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const character = String.fromCodePoint(point);
    if (CLASSES.test(character) && !ORDINARY.includes(character)) found.push(character);
  }
  return found.filter((_, place) => place < 1_000 || place % STRIDE === 0);
}

test(
  'control, format, private, unassigned and surrogate characters are spelled out or left out, wherever they come from',
  async () => {
    const characters = unseen();
    for (let at = 0; at < characters.length; at += 20) {
      // Between letters, so that two halves of a pair stay two.
      const words = characters.slice(at, at + 20).join('x');
      const [, draw] = places[(at / 20) % places.length] ?? [];
      const seen = shown(draw?.(words).blocks).join('');
      expect(seen.replaceAll('\n', '')).not.toMatch(CLASSES);
      expect(draw && createChecker(draw)(words, draw(words))).toEqual([]);
      if (at % 20_000 === 0) await breathe();
    }
  },
  PATIENCE,
);

describe('the check detects a careless card', () => {
  const mrkdwn = (text: string): Surface['blocks'][number] => ({
    type: 'section',
    text: { type: 'mrkdwn', text: text.slice(0, 3000) || '-' },
  });
  const plain = (text: string): Surface['blocks'][number] => ({
    type: 'section',
    text: { type: 'plain_text', text: text.slice(0, 3000) || '-', emoji: false },
  });
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

  const MUTANTS: Record<string, (drawn: Surface, words: string) => Surface> = {
    'that has the words parsed': (drawn, words) => ({
      ...drawn,
      blocks: [...drawn.blocks, mrkdwn(words)],
    }),
    'that only escapes what has the words parsed': (drawn, words) => ({
      ...drawn,
      blocks: [...drawn.blocks, mrkdwn(escaped(words))],
    }),
    'that repeats the words in the fallback text': (drawn, words) => ({
      ...drawn,
      text: `${drawn.text}${words}`,
    }),
    'that shows the words as they came': (drawn, words) => ({
      ...drawn,
      blocks: [...drawn.blocks, plain(words)],
    }),
    'that puts a code span around the words': (drawn, words) => ({
      ...drawn,
      blocks: drawn.blocks.map((block) =>
        block.type === 'context' && JSON.stringify(block).includes('Policy `')
          ? mrkdwn(`Policy \`${words}\` · \`appr_0123\``)
          : block,
      ),
    }),
    'that puts the words into a header': (drawn, words) => ({
      ...drawn,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: `Approved ${words}`.slice(0, 150) } },
        ...drawn.blocks,
      ],
    }),
    'that adds a button for the words': (drawn, words) => ({
      ...drawn,
      blocks: [
        ...drawn.blocks,
        {
          type: 'actions',
          elements: [{ type: 'button', text: { type: 'plain_text', text: words.slice(0, 70) } }],
        },
      ],
    }),
    'that loses a fact when the words are long': (drawn, words) => ({
      ...drawn,
      blocks: words.length > 1000 ? drawn.blocks.slice(2) : drawn.blocks,
    }),
  };

  test.each(Object.entries(MUTANTS))('%s', (_, mutate) => {
    const draw: Draw = SURFACES['the agent’s, on the card'] ?? (() => ({ blocks: [] }));
    const check = createChecker(draw);
    const found = fc.check(
      fc.property(hostileText, (words) => check(words, mutate(draw(words), words)).length === 0),
      { numRuns: 1_000 },
    );
    expect(found.failed).toBe(true);
  });
});
