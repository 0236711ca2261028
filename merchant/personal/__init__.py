"""The API of personal offers: templates, dry runs, issuing and taking back."""
