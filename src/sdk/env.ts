/** Where and who, from the environment of whoever runs the client. */

/** `VSECURE_URL` and `VSECURE_API_KEY`; empty ones count as unset. */
export function readEnvironment() {
  const { VSECURE_URL: url, VSECURE_API_KEY: apiKey } = process.env;
  return { url: url || undefined, apiKey: apiKey?.trim() || undefined };
}
