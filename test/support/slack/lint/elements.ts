/** Elements: buttons, choices and inputs inside blocks. */

import { asArray, asObject, type JsonObject } from '../json.js';
import { COUNT, TEXT, VALUE } from './limits.js';
import type { Report } from './report.js';
import { lintOptionalPlain, lintPlain, lintText } from './text.js';

type Lint = (report: Report, path: string, element: JsonObject) => void;

const button: Lint = (report, path, element) => {
  lintPlain(report, path, element['text'], TEXT.button);
  report.optional(`${path}.value`, element['value'], VALUE.button);
  report.optional(`${path}.url`, element['url'], VALUE.url);
  report.optional(
    `${path}.accessibility_label`,
    element['accessibility_label'],
    VALUE.accessibilityLabel,
  );
  const { style } = element;
  if (style !== undefined && style !== 'primary' && style !== 'danger')
    report.add(path, `${String(style)} is no style`);
};

const options =
  (bounds: readonly [number, number]): Lint =>
  (report, path, element) => {
    for (const [at, option] of report.items(`${path}.options`, element['options'], bounds))
      lintOption(report, at, option);
    lintInitial(report, path, element);
  };

const select: Lint = (report, path, element) => {
  const groups = element['option_groups'];
  if (groups === undefined) {
    options(COUNT.selectOptions)(report, path, element);
    return;
  }
  if (element['options'] !== undefined)
    report.add(path, 'options and option_groups exclude each other');
  for (const [at, group] of report.items(`${path}.option_groups`, groups, COUNT.selectOptions)) {
    lintPlain(report, `${at}.label`, group['label'], TEXT.option);
    options(COUNT.selectOptions)(report, at, group);
  }
};

const input: Lint = (report, path, element) => {
  for (const bound of ['min_length', 'max_length'])
    if (Number(element[bound] ?? 0) > VALUE.inputLength)
      report.add(`${path}.${bound}`, `${VALUE.inputLength} allowed`);
};

/** Also the image block: it has the same members. */
export const lintImage: Lint = (report, path, element) => {
  report.capped(`${path}.alt_text`, element['alt_text'], VALUE.altText);
  report.optional(`${path}.image_url`, element['image_url'], VALUE.url);
};

const words: Lint = (report, path, element) => lintText(report, path, element, TEXT.section);
const nothing: Lint = () => {};

const ELEMENTS: Readonly<Record<string, Lint>> = {
  button,
  workflow_button: button,
  checkboxes: options(COUNT.boxes),
  radio_buttons: options(COUNT.boxes),
  overflow: options(COUNT.overflow),
  static_select: select,
  multi_static_select: select,
  plain_text_input: input,
  image: lintImage,
  plain_text: words,
  mrkdwn: words,
  ...Object.fromEntries(
    [
      ...['users', 'conversations', 'channels', 'external'].flatMap((of) => [
        `${of}_select`,
        `multi_${of}_select`,
      ]),
      ...['datepicker', 'timepicker', 'datetimepicker', 'rich_text_input', 'file_input'],
      ...['email_text_input', 'url_text_input', 'number_input', 'feedback_buttons', 'icon_button'],
    ].map((type) => [type, nothing]),
  ),
};

export function lintElement(report: Report, path: string, element: JsonObject): void {
  const lint = ELEMENTS[String(element['type'])];
  report.optional(`${path}.action_id`, element['action_id'], VALUE.id);
  lintOptionalPlain(report, `${path}.placeholder`, element['placeholder'], TEXT.placeholder);
  if (element['confirm'] !== undefined) lintConfirm(report, path, asObject(element['confirm']));
  if (lint) lint(report, path, element);
  else report.add(path, `${String(element['type'])} is no element`);
}

/** The elements of one block, whose action_ids must differ. */
export function lintElements(
  report: Report,
  path: string,
  list: unknown,
  bounds: readonly [number, number],
): void {
  for (const [at, element] of report.items(path, list, bounds)) lintElement(report, at, element);
  const ids = asArray(list).map((element) => asObject(element)['action_id']);
  for (const [index, id] of ids.entries())
    if (id !== undefined && ids.indexOf(id) < index)
      report.add(`${path}[${index}]`, `repeats action_id ${String(id)}`);
}

/** What is chosen from the start must be one of the options, to the letter. */
function lintInitial(report: Report, path: string, element: JsonObject): void {
  const { options, initial_option: one, initial_options: several } = element;
  const offered = asArray(options).map((option) => JSON.stringify(option));
  const chosen = [...(one === undefined ? [] : [one]), ...asArray(several)];
  if (several !== undefined && asArray(several).length === 0)
    report.add(`${path}.initial_options`, 'is empty');
  if (!chosen.every((option) => offered.includes(JSON.stringify(option))))
    report.add(path, 'has an initial option that is not offered');
}

function lintConfirm(report: Report, path: string, confirm: JsonObject): void {
  lintOptionalPlain(report, `${path}.confirm.title`, confirm['title'], TEXT.confirmTitle);
  lintText(report, `${path}.confirm.text`, confirm['text'], TEXT.confirmText);
  lintOptionalPlain(report, `${path}.confirm.confirm`, confirm['confirm'], TEXT.confirmButton);
  lintOptionalPlain(report, `${path}.confirm.deny`, confirm['deny'], TEXT.confirmButton);
}

function lintOption(report: Report, path: string, option: JsonObject): void {
  lintText(report, `${path}.text`, option['text'], TEXT.option);
  report.capped(`${path}.value`, option['value'], VALUE.option);
  if (option['description'] !== undefined)
    lintText(report, `${path}.description`, option['description'], TEXT.option);
}
