# Check MCP server status
npx mcp-server-vsecure --check

# Verify API key
vsecure auth:whoami

# Check logs
tail -f ~/Library/Logs/Claude/mcp-server-vsecure.log
