"""The guided interview before a visit, as pure functions over the script and the answers so far."""
