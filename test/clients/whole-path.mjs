/**
 * Plays an AI tool with one of the clients: tries to read a secret, makes each call that an answer or error names as the next one, and gives the
 * access back.
 * Writes what it gets as one line of JSON for each step. The arguments are the name of the client and a JSON object.
 */

import { PROGRAMS } from './programs.mjs';

const [client, options] = process.argv.slice(2);
const { url, token, resource, through, home } = JSON.parse(options);

const write = (step) => process.stdout.write(`${JSON.stringify(step)}\n`);

const { tools, call, close } = await PROGRAMS[client]({
  url: `${url}/mcp`,
  headers: { authorization: `Bearer ${token}` },
  through,
  env: { PATH: process.env.PATH, HOME: home, VSECURE_URL: url, VSECURE_API_KEY: token },
});
write({ tools });

/** Some clients throw the text of an answer that is an error; a model gets it as well. */
const textOf = (tool, args) => call(tool, args).catch(({ message }) => message);

const REASON = 'Debugging the failing database connection';
let next = { tool: 'read-secret', arguments: { resource } };
let grant;
while (next) {
  const text = await textOf(next.tool, next.arguments);
  write({ tool: next.tool, text });
  const answer = JSON.parse(text.slice(text.indexOf('{')));
  grant = answer.grant_id ?? grant;
  next = answer.next ?? answer.error?.next;
  // A reason is never suggested.
  if (next?.tool === 'request-access') next.arguments.reason = REASON;
}
write({ tool: 'release-grant', text: await textOf('release-grant', { grant_id: grant }) });
await close();
process.exit(0);
