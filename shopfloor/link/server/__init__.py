"""The line's server: its settings, keys and certificates, and the real `nats-server` that runs with them."""
