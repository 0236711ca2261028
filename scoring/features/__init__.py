"""What is known of a member at a cutoff: one definition for each trait."""
