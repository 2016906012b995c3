"""The log as web pages: what the enquiries team works from every day.

Server-rendered pages in the manner of UK government services, which work without JavaScript. Everybody signs in;
every action carries a name and a reason. Reading and acting go through the ledger's own calls; nothing here decides.
"""
