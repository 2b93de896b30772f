"""The VICIdial server: its client, its replies, its readers."""
