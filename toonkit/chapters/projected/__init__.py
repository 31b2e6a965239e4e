"""What came after the reports: a discriminator on a frozen network's features, in either direction."""
