"""The demo's side of the house: invented reviews, letters, plans and mails, built when they are wanted.

Everybody and every place in here is made up. The demo shows the service with these, the tests prove it
with them, and nothing of a real review is needed for either.
"""
