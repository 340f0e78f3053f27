# All MCP operations
vsecure mcp:audit

# Filter by resource
vsecure mcp:audit --resource "production/*"

# Filter by time
vsecure mcp:audit --since 24h
