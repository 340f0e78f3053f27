npm install -g mcp-server-vsecure
