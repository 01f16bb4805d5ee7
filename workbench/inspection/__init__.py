"""What window and command line share to look at a run: its network and weights, probes, rendering."""
