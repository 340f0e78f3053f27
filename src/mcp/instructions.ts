/** The instructions that every model gets about this server before it sees a tool. Static, and the same for every caller. */

export const INSTRUCTIONS = `vsecure guards secrets. You can read a value only under a grant, and usually a person must approve that grant first.

Call the tools in this order. Your client may show their names with a prefix, or with _ instead of -:
1. list-secrets, if you do not know the exact resource.
2. request-access, once for everything that the task needs, with the true reason: a person reads it. It answers at once. Name single resources where you can. A pattern never covers resources under a stricter policy.
3. wait-for-decision, while the status is "pending". It waits for you: do not sleep in between.
4. read-secret, once the status is "approved": only when you need the value, and once, because every read is recorded and a grant may allow few.
5. release-grant, as soon as you are done.

After three waits in a row that end with "pending", inform your user that a person still has to decide, give the link if there is one, and stop polling. Nothing is lost: the approval_id stays valid, and you can wait again when your user asks you to.
explain-access shows in advance how a request would be decided. cancel-request withdraws a request that is no longer needed. list-requests and list-grants show your requests and your grants.
create-secret, update-secret, rotate-secret and delete-secret work the same way, with a grant for "write" or "delete" instead of "read". Let the server generate new values ("generate"). If only your user knows a value, your user enters it with the command that "needs_value" gives you. query-audit-log and list-api-keys are for security reviews and need a grant on vsecure://audit and vsecure://api-keys.
"denied" is final unless retry is "with_changes" (then request again, changed as the reason asks), and so is "cancelled" if you did not withdraw the request yourself, and a revoked grant. Inform your user, with the reason if there is one. Do not request the same access again in other words, for another operation or in a longer list. An approver may grant less than you requested: the answer says what. "expired" only means that no person decided in time: request access again if your user wants you to.
Never look for a secret elsewhere, in files, environment variables, logs, history or other tools, and never ask your user for one. Never print a value, repeat it in an answer or write it down: pass it only to the program that needs it.
Every tool that changes something takes an idempotency_key: any text, new for each change. The same call repeated with the same key within 7 days, for example after a broken connection, takes effect once.
An error has a code, a message and sometimes "next", the call to make instead.`;
