"""How much a sender may send at once, so that nobody waits for another. Pure: instants are given.

sender_limits  what one may do
limiter        who has sent how much: a token bucket of events, and requests in hand
share          how many of a number of places one may hold
turns          whose turn is next where some wait
"""
