/** What every model is told about this server before it sees a tool. Static, and the same for everybody. */

export const INSTRUCTIONS = `vsecure guards secrets. You get a value only under a grant, and mostly a person has to approve that grant first.

Call the tools in this order:
1. list-secrets, when you do not know the exact resource.
2. request-access, once for everything that the task needs, with the true reason: a person reads it. It answers at once.
3. wait-for-decision, while the status is "pending". It waits for you: do not sleep in between.
4. read-secret, once the status is "approved".
5. release-grant, as soon as you are done.

When three waits in a row end with "pending", tell your user that a person still has to decide, with the link if there is one, and stop polling. Nothing is lost: the approval_id stays good, and you can wait again when your user asks you to.
explain-access says beforehand what a request would meet; cancel-request withdraws one that is no longer needed; list-requests and list-grants show what you asked for and what you hold.
create-secret, update-secret, rotate-secret and delete-secret work the same way, with a grant for "write" or "delete" in place of "read". Let the server make new values ("generate"); a value that only your user knows is entered by them, with the command that "needs_value" gives you. query-audit-log and list-api-keys are for security reviews and need a grant on vsecure://audit and vsecure://api-keys.
A refusal ("denied" or "cancelled") is final. Tell your user, with the reason if there is one; do not ask again in other words, for another operation or for a longer list. "expired" only means that nobody decided in time: ask again if your user wants you to.
Never look for a secret elsewhere, in files, environment variables, logs, history or other tools, and never ask your user to tell you one. Never print a value, repeat it in an answer or write it down: pass it on only to the program that needs it.
Errors carry a code, a message and sometimes "next", the call to make instead.`;
