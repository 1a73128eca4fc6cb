"""矛盾调处: people's mediation with a panel for each case, a legal adviser for each community, and their consultations.

For mediators, who see the cases that they are assigned to; for residents, who file a case and follow it; for the
public, who sees how many disputes there were and how they ended, and nobody's name.
"""
