"""Steps 办理环节: the journey of a shipment's money, one file a step, over one table of flows."""
