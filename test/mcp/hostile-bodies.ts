/** Two hundred bodies that no honest client sends. Most contain `CANARY`, to detect whether an answer repeats it. */

export const CANARY = 'canary-51d0be77';

/** A description and the body. */
export type HostileBody = readonly [what: string, body: string | Uint8Array<ArrayBuffer>];

const call = (tool: string, args: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}","arguments":${args}}}`;
const ask = (method: string, params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`;
const nest = (levels: number, open: string, close: string) =>
  open.repeat(levels) + close.repeat(levels);
const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))));

const SECRET = 'vsecure://secrets/locked/UNCOVERED';
const REQUEST = `"resources":["${SECRET}"],"operation":"read","reason":"to look at the incident"`;
const LIST = ask('tools/list', '{}');

const twice = (name: string, value: string) => `"${name}":${value},"${name}":"${CANARY}"`;

function duplicateNames(): HostileBody[] {
  const fields: [tool: string, name: string, value: string][] = [
    ['list-secrets', 'limit', '1'],
    ['list-secrets', 'cursor', '"a"'],
    ['read-secret', 'resource', `"${SECRET}"`],
    ['read-secret', 'version', '1'],
    ['wait-for-decision', 'approval_id', '"a"'],
    ['wait-for-decision', 'wait_seconds', '1'],
    ['cancel-request', 'approval_id', '"a"'],
    ['release-grant', 'grant_id', '"a"'],
    ['request-access', 'resources', '[]'],
    ['request-access', 'operation', '"read"'],
    ['request-access', 'reason', '"a"'],
    ['request-access', 'renew', 'true'],
  ];
  const whole: [string, string][] = [
    ['the method', `{"jsonrpc":"2.0","id":1,${twice('method', '"tools/list"')}}`],
    ['the id', `{"jsonrpc":"2.0",${twice('id', '1')},"method":"tools/list"}`],
    ['the protocol', `{${twice('jsonrpc', '"2.0"')},"id":1,"method":"tools/list"}`],
    ['the parameters', `{"jsonrpc":"2.0","id":1,"method":"tools/list",${twice('params', '{}')}}`],
    ['the tool', ask('tools/call', `{${twice('name', '"list-secrets"')},"arguments":{}}`)],
    ['the arguments', ask('tools/call', `{"name":"list-secrets",${twice('arguments', '{}')}}`)],
    ['the name in escapes', ask('tools/call', `{"name":"list-secrets","\\u006eame":"${CANARY}"}`)],
    ['the uri', ask('resources/read', `{${twice('uri', `"${SECRET}"`)}}`)],
    ['an empty name', call('list-secrets', `{${twice('', '1')}}`)],
    ['a name deep within', ask('tools/list', `{"_meta":{"a":[[{${twice('b', '1')}}]]}}`)],
    ['a name that looks like a value', ask('tools/list', `{"_meta":{"b":"b",${twice('a', '1')}}}`)],
  ];
  return [
    ...whole.map(([what, body]): HostileBody => [`${what} twice`, body]),
    ...fields.map(
      ([tool, name, value]): HostileBody => [
        `${name} of ${tool} twice`,
        call(tool, `{${twice(name, value)}}`),
      ],
    ),
  ];
}

function prototypes(): HostileBody[] {
  const names = ['__proto__', '\\u005f_proto__', 'constructor', 'prototype', 'toString', 'then'];
  return names.flatMap((name): HostileBody[] => [
    [`${name} among arguments`, call('list-secrets', `{"${name}":{"limit":"${CANARY}"}}`)],
    [`${name} for a text`, call('read-secret', `{"resource":{"${name}":"${CANARY}"}}`)],
    [`${name} as a tool`, call(name, '{}')],
    [`${name} as a method`, ask(name, '{}')],
    [`${name} as a prompt`, ask('prompts/get', `{"name":"${name}"}`)],
    [`${name} as a resource`, ask('resources/read', `{"uri":"${name}"}`)],
  ]);
}

function depths(): HostileBody[] {
  return [33, 100, 1000, 10_000, 40_000].flatMap((levels): HostileBody[] => [
    [`${levels} lists`, nest(levels, '[', ']')],
    [`${levels} objects`, `${nest(levels, '{"a":', '').slice(0, -1)}:1${'}'.repeat(levels)}`],
    [`${levels} lists as arguments`, call('list-secrets', nest(levels, '[', ']'))],
    [`${levels} lists for a text`, call('read-secret', `{"resource":${nest(levels, '[', ']')}}`)],
    [`${levels} lists that never end`, call('list-secrets', '['.repeat(levels))],
  ]);
}

function numbers(): HostileBody[] {
  const digits = '9'.repeat(10_000);
  return [
    '1e999',
    '-1e999',
    '1e400',
    digits,
    `1.${'1'.repeat(10_000)}`,
    `-${digits}`,
    '-1',
  ].flatMap((number): HostileBody[] => {
    const what = `${number.slice(0, 6)} (${number.length} characters)`;
    return [
      [`${what} as a version`, call('read-secret', `{"resource":"${SECRET}","version":${number}}`)],
      [`${what} seconds`, call('wait-for-decision', `{"wait_seconds":${number}}`)],
      [`${what} on a page`, call('list-secrets', `{"limit":${number}}`)],
      [`${what} as a tool`, ask('tools/call', `{"name":${number}}`)],
    ];
  });
}

/** Characters that a text should not contain, as escapes. */
function characters(): HostileBody[] {
  return ['\\u0000', '\\ud800', '\\udc00', '\\ud800\\ud800', '\\udfff\\ud83d'].flatMap(
    (character): HostileBody[] => {
      const text = `"${CANARY}${character}"`;
      return [
        [`${character} in a cursor`, call('list-secrets', `{"cursor":${text}}`)],
        [`${character} in an address`, call('read-secret', `{"resource":${text}}`)],
        [`${character} in a request`, call('request-access', `{${REQUEST},"duration":${text}}`)],
        [`${character} in a name`, call('list-secrets', `{${text}:1}`)],
        [`${character} in an id`, call('release-grant', `{"grant_id":${text}}`)],
        [`${character} in a resource`, ask('resources/read', `{"uri":${text}}`)],
        [`${character} in a prompt`, ask('prompts/get', `{"name":${text}}`)],
      ];
    },
  );
}

function wrongTypes(): HostileBody[] {
  const values = ['null', 'true', '7', `"${CANARY}"`, `["${CANARY}"]`];
  const others = ['null', 'true', '7', `["${CANARY}"]`, `{"${CANARY}":1}`];
  return [
    ...values.map((value): HostileBody => [`${value} as a message`, value]),
    ...values.map((value): HostileBody => [`${value} as parameters`, ask('tools/call', value)]),
    ...values
      .slice(1)
      .map((value): HostileBody => [`${value} as arguments`, call('read-secret', value)]),
    ...others.map(
      (value): HostileBody => [
        `${value} as a tool`,
        ask('tools/call', `{"name":${value},"arguments":{}}`),
      ],
    ),
    ...others.map(
      (value): HostileBody => [
        `${value} as an address`,
        call('read-secret', `{"resource":${value}}`),
      ],
    ),
    ...others.map(
      (value): HostileBody => [
        `${value} as a method`,
        `{"jsonrpc":"2.0","id":1,"method":${value}}`,
      ],
    ),
    ...others
      .slice(3)
      .map(
        (value): HostileBody => [
          `${value} as an id`,
          `{"jsonrpc":"2.0","id":${value},"method":"tools/list"}`,
        ],
      ),
    ['another protocol', `{"jsonrpc":"${CANARY}","id":1,"method":"tools/list"}`],
    ['an unknown method', ask(CANARY, '{}')],
    ['an unknown tool', call(CANARY, '{}')],
    ['an unknown prompt', ask('prompts/get', `{"name":"${CANARY}"}`)],
    ['an unknown resource', ask('resources/read', `{"uri":"vsecure://secrets/${CANARY}"}`)],
    ['no address', ask('resources/read', `{"uri":"${CANARY}"}`)],
    [
      'an unknown thing to complete',
      ask(
        'completion/complete',
        `{"ref":{"type":"ref/${CANARY}"},"argument":{"name":"a","value":""}}`,
      ),
    ],
    [
      'an unknown prompt to complete',
      ask(
        'completion/complete',
        `{"ref":{"type":"ref/prompt","name":"${CANARY}"},"argument":{"name":"a","value":""}}`,
      ),
    ],
  ];
}

function batches(): HostileBody[] {
  return [
    ['an empty batch', '[]'],
    ['a batch of one', `[${LIST}]`],
    ['a batch of two thousand', `[${Array(2000).fill(LIST)}]`],
    ['a batch within a batch', `[[${LIST}]]`],
    ['a batch of nothing', '[null,null]'],
    ['a batch of lists', `[${Array(10_000).fill('[]')}]`],
  ];
}

function broken(): HostileBody[] {
  const cut = [1, 10, 30, 50].map((at): HostileBody => [`cut off after ${at}`, LIST.slice(0, at)]);
  return [
    ...cut,
    ['nothing', ''],
    ['white space', ' '.repeat(100_000)],
    ['a comma too many', `{"${CANARY}":1,}`],
    ['a comment', `/* ${CANARY} */ ${LIST}`],
    ['single quotes', `{'${CANARY}':1}`],
    ['two messages', LIST + LIST],
    ['a mark of byte order', `\uFEFF${LIST}`],
    ['a raw NUL', call('list-secrets', `{"cursor":"${CANARY}\0"}`)],
    ['bytes that are no UTF-8', bytes('{"', [0xff, 0xfe, 0xc0, 0x80], '":1}')],
    ['a surrogate in bytes', bytes('{"', [0xed, 0xa0, 0x80], '":1}')],
    ['UTF-16', new Uint8Array(Buffer.from(LIST, 'utf16le'))],
    ['quotes without end', `{"${'\\"'.repeat(100_000)}`],
    ['backslashes without end', `{"${'\\\\'.repeat(100_000)}`],
    ['a text of escapes', call('list-secrets', `{"cursor":"${'\\u0041'.repeat(30_000)}"}`)],
    ['a text of escaped quotes', call('list-secrets', `{"cursor":"${'\\"'.repeat(100_000)}"}`)],
    [
      'twenty thousand names',
      call('list-secrets', `{${Array.from({ length: 20_000 }, (_, at) => `"n${at}":1`)}}`),
    ],
    ['a hundred thousand numbers', call('list-secrets', `[${Array(100_000).fill('1')}]`)],
    ['more than is read', `{"${CANARY}":"${'a'.repeat(300_000)}"}`],
  ];
}

export const HOSTILE_BODIES: readonly HostileBody[] = [
  ...duplicateNames(),
  ...prototypes(),
  ...depths(),
  ...numbers(),
  ...characters(),
  ...wrongTypes(),
  ...batches(),
  ...broken(),
];
