#!/usr/bin/env node
/** Starts the relay for an AI tool. Refuses an old Node before it imports anything: code for a newer one may not even load there. */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

// Nothing is awaited here, which an old Node could not parse.
if (major > 20 || (major === 20 && minor >= 19))
  void import('./process.js').then(({ runProcess }) => runProcess());
else {
  process.stderr.write(
    `mcp-server-vsecure: this is Node ${process.versions.node}, and it needs Node 20.19 or newer: install one from https://nodejs.org\n`,
  );
  process.exitCode = 1;
}
