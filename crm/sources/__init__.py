"""Sources: the channels we listen to, set up and looked after."""
