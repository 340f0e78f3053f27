/** One MCP client of the table in every-client.ts, and how it connects. */

/** Where the endpoint is, and a program that passes messages on to it. */
export interface Reach {
  readonly url: string;
  readonly token: string;
  /** Present: over stdio. */
  readonly through?: readonly [string, ...string[]] | undefined;
}

export interface Connected {
  readonly client: {
    listTools(): Promise<unknown>;
    callTool(call: { name: string; arguments: object }): Promise<unknown>;
    listResources(): Promise<unknown>;
    readResource(of: { uri: string }): Promise<unknown>;
    listPrompts(): Promise<unknown>;
    getPrompt(of: { name: string; arguments: Record<string, string> }): Promise<unknown>;
    close(): Promise<void>;
  };
  /** Undefined: the server sees it in what is sent. */
  readonly protocol: string | undefined;
}

export interface ClientRow {
  readonly name: string;
  /** Made to reach a server over HTTP, and nothing else. */
  readonly bridge?: true;
  /** Undefined when the package is not installed. */
  connect(reach: Reach): Promise<Connected | undefined>;
}
