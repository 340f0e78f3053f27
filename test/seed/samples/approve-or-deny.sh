# List pending approvals
vsecure mcp:approvals --status pending

# Approve a request
vsecure mcp:approve appr_abc123 \
  --reason "Legitimate debugging need"

# Deny a request
vsecure mcp:deny appr_abc123 \
  --reason "Use development environment instead"
