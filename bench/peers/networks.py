"""The networks that can be compared, as network.json describes them."""

from peer_network import Network


def mobilenetv2(options):
    return Network(options["outputs"], taps=options["taps"], auxiliary_channels=options["auxiliary_channels"])


NETWORKS = {"mobilenetv2": mobilenetv2}


def create(options):
    return NETWORKS[options["network"]](options)
