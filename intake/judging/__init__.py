"""The pure path from one opened message to its verdict; `judge` alone knows the order and reads files in children."""
