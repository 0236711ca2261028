"""Importing: files of past purchases and members read row by row, the good kept, the bad told."""
