"""The network prover: who may reach whom, exactly, and why.

Of use alone: give it the objects of a tree, and ask.

    index = Index(read(Path("deploy")).manifests)
    network = Network(index)
    for source, destination, ports in network.connections():
        print(source.name, destination.name, network.space.text(ports))

`Network` is the whole of it: `connections` tells every connected pair, `allowed` one pair's ports; `explained`
why. `ExposedNetwork` adds the pods that may come, and tells `exposures`. `changes` compares two networks.
What of a policy the API would refuse is told by `mistakes`; it admits nobody, and the rest holds.
"""
