"""Leads: enquiries of people who are no clients yet, from the first word to the client with its contact (R154-R173)."""
