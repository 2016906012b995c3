"""A new installation: what has to be known is asked, tried as it is answered, and written down."""
