"""What a latent code has learnt: its measures, and pictures of changed codes."""
