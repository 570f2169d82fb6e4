"""The demo clinic and bulk data: an entrance like the command line, for looking around and for measuring."""
