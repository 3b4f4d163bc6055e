"""The engine for a cluster: an actor for each run, a dispatcher for all, and web processes that come and go (Ray)."""
