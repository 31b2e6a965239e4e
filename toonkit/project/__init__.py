"""The ground floor: errors, atomic writing, digests, records, profiles, and what a run ran on."""
