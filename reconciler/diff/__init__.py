"""Desired × known → changes, on spans. Pure."""
