"""Tests of cards and command sheets."""
