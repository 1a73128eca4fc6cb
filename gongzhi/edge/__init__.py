"""What stands between the network and GraphQL: who is at the other end, how often they may ask, what is watched."""
