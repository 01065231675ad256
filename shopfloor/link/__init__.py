"""The only place that knows the line server."""
