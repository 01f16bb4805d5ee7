"""From the drawn graph to shapes, problems, cost, the torch network and Python source."""
