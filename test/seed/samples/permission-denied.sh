# Check resource configuration
vsecure mcp:resources

# Verify API key scopes
vsecure auth:scopes

# Check approval status
vsecure mcp:approvals
