"""The only place that knows pyserial and the other buses."""
