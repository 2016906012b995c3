"""A submission over time: which one a message belongs to, what it stands at, what is answered, what staff decide."""
