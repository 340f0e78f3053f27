/** Blocks: the rows of a message or view. */

import { asArray, asObject, asString, type JsonObject } from '../json.js';
import { lintElement, lintElements, lintImage } from './elements.js';
import {
  BLOCK_COUNT,
  COLUMNS,
  COUNT,
  MESSAGE_JSON,
  REFUSED,
  type Surface,
  TEXT,
  VALUE,
} from './limits.js';
import type { Report } from './report.js';
import { lintOptionalPlain, lintPlain, lintText } from './text.js';

type Lint = (report: Report, path: string, block: JsonObject) => void;

const header: Lint = (report, path, block) =>
  lintPlain(report, `${path}.text`, block['text'], TEXT.header);

const section: Lint = (report, path, { text, fields, accessory }) => {
  if (text === undefined && fields === undefined) report.add(path, 'has neither text nor fields');
  if (text !== undefined) lintText(report, `${path}.text`, text, TEXT.section);
  if (fields !== undefined)
    for (const [at, field] of report.items(`${path}.fields`, fields, COUNT.fields))
      lintText(report, at, field, TEXT.field);
  if (accessory !== undefined) lintElement(report, `${path}.accessory`, asObject(accessory));
};

const elements =
  (bounds: readonly [number, number]): Lint =>
  (report, path, block) =>
    lintElements(report, `${path}.elements`, block['elements'], bounds);

const input: Lint = (report, path, { label, hint, element }) => {
  lintPlain(report, `${path}.label`, label, TEXT.label);
  lintOptionalPlain(report, `${path}.hint`, hint, TEXT.label);
  lintElement(report, `${path}.element`, asObject(element));
};

const card: Lint = (report, path, { title, subtitle, body, actions, hero_image }) => {
  if ([title, body, actions, hero_image].every((part) => part === undefined))
    report.add(path, 'is an empty card');
  if (title !== undefined) lintText(report, `${path}.title`, title, TEXT.cardTitle);
  if (subtitle !== undefined) lintText(report, `${path}.subtitle`, subtitle, TEXT.cardTitle);
  if (body !== undefined) lintText(report, `${path}.body`, body, TEXT.cardBody);
  if (actions !== undefined) lintElements(report, `${path}.actions`, actions, COUNT.cardActions);
};

const carousel: Lint = (report, path, block) => {
  for (const [at, one] of report.items(`${path}.elements`, block['elements'], COUNT.carousel))
    card(report, at, one);
};

const container: Lint = (report, path, { title, rich_text_title, child_blocks }) => {
  if (rich_text_title === undefined) lintPlain(report, `${path}.title`, title, TEXT.containerTitle);
  for (const [at, child] of report.items(
    `${path}.child_blocks`,
    child_blocks,
    COUNT.containerBlocks,
  ))
    lintBlock(report, at, child);
};

const table =
  ([least, most]: readonly [number, number]): Lint =>
  (report, path, block) => {
    const rows = asArray(block['rows']);
    if (rows.length < least || rows.length > most)
      report.add(`${path}.rows`, `${rows.length} rows, ${least} to ${most} allowed`);
    if (rows.some((row) => asArray(row).length > COLUMNS))
      report.add(`${path}.rows`, `${COLUMNS} columns allowed`);
  };

const dataTable: Lint = (report, path, block) => {
  table(COUNT.dataTableRows)(report, path, block);
  report.capped(`${path}.caption`, block['caption'], TEXT.section);
  const size = block['page_size'];
  if (size !== undefined && !(Number(size) >= 1 && Number(size) <= VALUE.pageSize))
    report.add(`${path}.page_size`, `1 to ${VALUE.pageSize} allowed`);
  const length = [...(JSON.stringify(block['rows']) ?? '')].length;
  if (length > VALUE.dataTableTotal) report.add(`${path}.rows`, `${length} characters of JSON`);
};

const nothing: Lint = () => {};

const BLOCKS: Readonly<Record<string, Lint>> = {
  header,
  section,
  input,
  card,
  carousel,
  container,
  actions: elements(COUNT.actions),
  context: elements(COUNT.context),
  context_actions: elements(COUNT.contextActions),
  table: table(COUNT.tableRows),
  data_table: dataTable,
  image: (report, path, block) => {
    lintImage(report, path, block);
    lintOptionalPlain(report, `${path}.title`, block['title'], TEXT.label);
  },
  alert: (report, path, block) => lintText(report, `${path}.text`, block['text'], TEXT.alert),
  divider: nothing,
  rich_text: nothing,
  markdown: nothing,
  data_visualization: nothing,
  plan: nothing,
  task_card: nothing,
  video: nothing,
  file: nothing,
};

/** One block wherever it stands, without its place among others. */
function lintBlock(report: Report, path: string, block: JsonObject): void {
  const lint = BLOCKS[String(block['type'])];
  report.optional(`${path}.block_id`, block['block_id'], VALUE.id);
  if (lint) lint(report, path, block);
  else report.add(path, `${String(block['type'])} is no block`);
}

/** The blocks of a message or view, and what they may be only together. */
export function lintBlocks(report: Report, list: unknown, surface: Surface): void {
  const found = report.items('blocks', list, [1, BLOCK_COUNT[surface]]);
  const ids = found.map(([, block]) => block['block_id']);
  for (const [index, [path, block]] of found.entries()) {
    const type = String(block['type']);
    lintBlock(report, path, block);
    if (REFUSED[surface].includes(type)) report.add(path, `${type} is not for a ${surface}`);
    if (ids[index] !== undefined && ids.indexOf(ids[index]) < index)
      report.add(path, `repeats block_id ${String(ids[index])}`);
  }
  lintTotals(report, list, surface);
}

function lintTotals(report: Report, list: unknown, surface: Surface): void {
  const blocks = asArray(list).map(asObject);
  const ofType = (type: string) => blocks.filter((block) => block['type'] === type);
  const markdown = ofType('markdown').reduce(
    (sum, { text }) => sum + [...asString(text)].length,
    0,
  );
  const json = JSON.stringify(list) ?? '';
  if (markdown > VALUE.markdownTotal) report.add('blocks', `${markdown} characters of markdown`);
  if (ofType('table').length > 1) report.add('blocks', 'one table allowed');
  if (json.split('"focus_on_load":true').length > 2) report.add('blocks', 'one focus_on_load');
  if (surface === 'message' && json.length > MESSAGE_JSON)
    report.add('blocks', `${json.length} characters of JSON, Slack may say msg_blocks_too_long`);
}
