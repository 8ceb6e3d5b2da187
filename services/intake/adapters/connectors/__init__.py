"""Topics that connectors write, such as those of Kafka Connect and Debezium.

connectors_file   the file that says which there are
door              reads them, and takes what they say as any other feed
"""
