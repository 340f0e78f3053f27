/** One MCP client of the table in every-client.ts, and how it connects. */

/** The address of the endpoint, and optionally a program that forwards messages to it. */
export interface Target {
  readonly url: string;
  readonly token: string;
  /** The command to start, if the client connects over stdio. */
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
  /** Undefined if only the server sees the version, in the requests. */
  readonly protocol: string | undefined;
}

export interface ClientRow {
  readonly name: string;
  /** The program only connects stdio clients to a server over HTTP. */
  readonly bridge?: true;
  /** Undefined when the package is not installed. */
  connect(target: Target): Promise<Connected | undefined>;
}
