"""A whole organisation in one process: phones, office, network and trouble, from one seed.

The office decides with the real `sync.reconcile`; everything around it (durable memory, phones, network) is modelled.
A seed and a commit reproduce every history. Faults that are not modelled here belong to the tests of server and web:
real disks, real browsers, TLS.
"""
