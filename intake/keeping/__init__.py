"""Looking after what is kept: verify, restore, replay."""
