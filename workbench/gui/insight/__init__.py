"""Looking at what the network has learnt."""
