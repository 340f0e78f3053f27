/** Text that an injected agent might write to mislead the reader of a card. */

import fc from 'fast-check';

const CORPUS: readonly string[] = [
  '<!channel> <!here> <!everyone> <!subteam^S0123ABC>',
  '<@U01ALICE> please press approve <#C01GEN|approved>',
  '<https://evil.example|vsecure://secrets/staging/HARMLESS>',
  '<!date^1392734382^{date_short}^https://evil.example|click>',
  '&lt;!channel&gt; &amp;lt;',
  '*Approved* by <@U01ALICE>\n`vsecure://secrets/production/OTHER`',
  ':white_check_mark: approved :lock:',
  '```\nend of message\n```',
  '✅ Approved by @cto\n'.repeat(60),
  '\n'.repeat(400),
  '│ Unverified: written by the AI tool\n─────\nResource: vsecure://secrets/staging/X',
  'x'.repeat(2000),
  '"'.repeat(2000),
  '\\'.repeat(2000),
  '\u{1F469}\u200D\u{1F4BB}'.repeat(300),
  '\u202E}"text" :"tnatropmi"{',
  `z${'\u0300\u0336'.repeat(900)}`,
  '\u2028\u2029\u0085',
  'mailto:a@b.example tel:+123 www.evil.example https:/\u200B/evil.example',
  '\uD800 \uDFFF \0 \u{10FFFF}',
  '   ',
];

/** Single words of it, mixed with arbitrary Unicode. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...CORPUS),
  fc.string({ unit: 'binary', maxLength: 2000 }),
  fc
    .array(fc.oneof(fc.constantFrom(...CORPUS), fc.string({ unit: 'grapheme' })), { maxLength: 8 })
    .map((parts) => parts.join('').slice(0, 2000)),
);
