"""What the operator sees: log lines for machines and people, figures, and whether the server is well."""
