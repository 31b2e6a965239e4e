"""What each subcommand of `toonkit` does; it imports what it needs when called, so that `--help` answers at once."""
