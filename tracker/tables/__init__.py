"""What coordinators report to their board: twelve tables over any period, kept as snapshots and compared."""
