/** Slack's Block Kit limits, in code points or items. https://docs.slack.dev/reference/block-kit */

export type Surface = 'message' | 'modal' | 'home';

export const BLOCK_COUNT: Record<Surface, number> = { message: 50, modal: 100, home: 100 };

/** Undocumented: Slack answers `msg_blocks_too_long` at about 13,200 characters of JSON. */
export const MESSAGE_JSON = 13_000;

export const TEXT = {
  header: 150,
  section: 3000,
  field: 2000,
  alert: 200,
  button: 75,
  option: 75,
  placeholder: 150,
  label: 2000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  modalTitle: 24,
  cardTitle: 150,
  cardBody: 200,
  containerTitle: 150,
} as const;

export const VALUE = {
  id: 255,
  button: 2000,
  option: 150,
  url: 3000,
  altText: 2000,
  accessibilityLabel: 75,
  inputLength: 3000,
  /** Slack cuts it at ten times as much. */
  messageText: 4000,
  privateMetadata: 3000,
  markdownTotal: 12_000,
  dataTableTotal: 20_000,
  pageSize: 100,
} as const;

/** How many there may be: [least, most]. */
export const COUNT = {
  fields: [1, 10],
  actions: [1, 25],
  context: [1, 10],
  contextActions: [1, 5],
  selectOptions: [1, 100],
  boxes: [1, 10],
  overflow: [1, 5],
  cardActions: [0, 3],
  carousel: [1, 10],
  containerBlocks: [0, 10],
  tableRows: [1, 100],
  dataTableRows: [2, 201],
} as const satisfies Record<string, readonly [number, number]>;

/** Of a table or data_table. */
export const COLUMNS = 20;

const MESSAGES_ONLY = [
  'container',
  'context_actions',
  'data_visualization',
  'markdown',
  'plan',
  'table',
  'task_card',
];

/** Blocks that Slack knows and refuses on this surface. `file` is never accepted from an app. */
export const REFUSED: Record<Surface, readonly string[]> = {
  message: ['alert', 'file'],
  modal: [...MESSAGES_ONLY, 'card', 'carousel', 'file'],
  home: [...MESSAGES_ONLY, 'alert', 'file'],
};
