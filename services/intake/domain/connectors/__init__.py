"""What connectors write to topics of their own, such as Kafka Connect and Debezium. Pure.

envelopes   what a record says of a row: as it is now, deleted, nothing
typed       values that a schema says more of: amounts, days, moments
"""
