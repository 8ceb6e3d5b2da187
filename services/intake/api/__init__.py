"""The endpoints, a file for each thing that is done with them.

events      what happened, as CloudEvents in all three modes, and the handshake before it
webhooks    signed webhooks: CloudEvents, or plain JSON through a mapping
imports     files as jobs: sent, looked at, paused, gone on with
documents   documents as the register knows them, and what is kept once more
answering   what any of them answers when it takes nothing
first       the same request again is answered as the first time
asked       what stands in a query
"""
