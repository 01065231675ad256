"""Sounds made from code: what scans, calls, stops and restarts sound like, and who hears them when."""

from shopfloor.devices.sound.andon import AndonSounds
from shopfloor.devices.sound.sound import SOUND, Sound
from shopfloor.devices.sound.speaker import AndonSpeaker
from shopfloor.devices.sound.synth import tune

__all__ = ["SOUND", "AndonSounds", "AndonSpeaker", "Sound", "tune"]
