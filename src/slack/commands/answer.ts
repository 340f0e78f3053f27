/** The answer of a sub-command, and its Slack messages: with a table block, or as plain text where Slack refuses the block. */

import type {
  Button,
  DataTableBlock,
  KnownBlock,
  RawTextElement,
  RichTextBlock,
} from '@slack/types';
import { cleanText } from '../../domain/untrusted-text.js';
import { clip, packLines } from '../format/clip.js';
import { escaped, plain, plainSection, utc } from '../format/text-objects.js';
import type { AnswerForm } from '../inbound/interaction.js';

export interface Answer {
  readonly title: string;
  readonly table?: Table | undefined;
  readonly lines?: readonly string[] | undefined;
  readonly note?: string | undefined;
  /** Actions that the answer offers. */
  readonly buttons?: readonly Button[] | undefined;
  /** The position of the next page. */
  readonly next?: string | undefined;
}

/** Slack parses nothing in it. */
export interface Table {
  readonly head: readonly string[];
  /** Each as long as the head. */
  readonly rows: readonly (readonly Cell[])[];
  /** Times have seconds: rows of one minute stand in an order that the reader can check. */
  readonly seconds?: boolean | undefined;
}

export type Cell = string | Date | undefined;

/** Characters of one cell: ten rows of eight such cells fit in a message whatever they hold. */
const CELL_MAX = 100;
const TITLE_MAX = 300;
/** A section holds 3,000 characters; all blocks of a message together hold about 13,000 of JSON, where one character may take two. */
const SECTION_ROOM = 2900;
const LINES_ROOM = 5000;
/** Characters of the text for notifications and screen readers. */
const FALLBACK_MAX = 3000;

/** The forms of an answer, the preferred one first. `footer` holds the page buttons. */
export function answerForms(answer: Answer, footer: KnownBlock[]): readonly AnswerForm[] {
  const text = escaped(clip(allLines(answer).join('\n'), FALLBACK_MAX));
  const title = plainSection(clip(line(answer.title), TITLE_MAX));
  const note: KnownBlock[] = answer.note
    ? [{ type: 'context', elements: [plain(clip(line(answer.note), TITLE_MAX))] }]
    : [];
  const { buttons = [] } = answer;
  const actions: KnownBlock[] =
    buttons.length > 0 ? [{ type: 'actions', elements: [...buttons] }] : [];
  const withBody = (body: KnownBlock[]): AnswerForm => ({
    text,
    blocks: [title, ...body, ...note, ...actions, ...footer],
  });
  const asText = withBody(sections(bodyLines(answer)));
  const { table } = answer;
  if (!table || table.rows.length === 0) return [asText];
  return [withBody([dataTable(answer.title, table), ...sections(answer.lines ?? [])]), asText];
}

const allLines = (answer: Answer): string[] =>
  [answer.title, ...bodyLines(answer), ...(answer.note ? [answer.note] : [])].map(line);

function bodyLines({ table, lines = [] }: Answer): readonly string[] {
  const rows = (table?.rows ?? []).map((row) =>
    row.map((value) => cellText(value, table?.seconds)).filter((text) => text !== NOTHING),
  );
  return [...rows.map((row) => row.join(' · ')), ...lines];
}

function sections(lines: readonly string[]): KnownBlock[] {
  const each = Math.floor(LINES_ROOM / Math.max(1, lines.length));
  const clean = lines.map((one) => clip(line(one), Math.max(each, CELL_MAX)));
  return packLines(clean, SECTION_ROOM).map(plainSection);
}

/** https://docs.slack.dev/reference/block-kit/blocks/data-table-block */
function dataTable(caption: string, { head, rows, seconds }: Table): DataTableBlock {
  return {
    type: 'data_table',
    caption: clip(line(caption), CELL_MAX),
    page_size: Math.max(1, rows.length),
    rows: [head.map(raw), ...rows.map((row) => row.map((value) => cell(value, seconds)))],
  };
}

const cell = (value: Cell, seconds = false) =>
  value instanceof Date ? localTime(value, seconds) : raw(cellText(value));
const raw = (text: string): RawTextElement => ({ type: 'raw_text', text });

/** In the reader's time zone. */
function localTime(at: Date, seconds: boolean): RichTextBlock {
  const date = {
    type: 'date' as const,
    timestamp: Math.floor(at.getTime() / 1000),
    format: `{date_short_pretty} ${seconds ? '{time_secs}' : '{time}'}`,
    fallback: utc(at, seconds),
  };
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [date] }] };
}

/** Slack requires at least one character in a cell. */
const NOTHING = '–';

function cellText(value: Cell, seconds = false): string {
  if (value instanceof Date) return utc(value, seconds);
  return clip(line(value ?? ''), CELL_MAX) || NOTHING;
}

/** Any text, on one line. */
const line = (text: string): string => cleanText(text).text.replaceAll('\n', ' ').trim();
