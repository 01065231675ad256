"""Buttons that a broker tells of: zigbee2mqtt, Tasmota, ESPHome, and whatever publishes a word."""

from shopfloor.devices.mqtt.device import MqttDevice

__all__ = ["MqttDevice"]
