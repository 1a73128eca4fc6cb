"""The published figures beside the values computed from the records; what nothing computes is said to be so."""
