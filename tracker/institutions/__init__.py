"""Who takes part: think tanks, networks, people, and what ties them together.

A person is affiliated with institutions; an institution is a member of networks and has two contacts;
a network has coordinators.
"""
