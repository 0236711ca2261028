"""The till: its API and the page a cashier works on."""
