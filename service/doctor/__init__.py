"""The doctor: every part Tessera leans on, looked at from here, and the one thing that is wrong with its mend."""
