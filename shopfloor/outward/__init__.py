"""Telling people outside the terminals: by mail, webhook, MQTT or a sender of the plant's own."""
