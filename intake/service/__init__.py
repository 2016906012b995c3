"""The running service: receiving and filing over IMAP, processing, sending over SMTP, telling staff, and the clock.

`service` starts and stops the loops; each other module is the work of one of them and can be called alone, as
`intake once` does.
"""
