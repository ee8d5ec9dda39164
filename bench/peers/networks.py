"""The networks that can be compared, as network.json describes them. PyTorch is loaded only to create one."""


def mobilenetv2(options):
    from peer_network import Network

    return Network(options["outputs"], **auxiliary(options, "auxiliary_channels"))


def deeplabv3_resnet50(options):
    from peer_deeplab import DeepLab

    return DeepLab(50, options["outputs"], 8, dropout=0, **auxiliary(options, "streams"))


def auxiliary(options, channels):
    """Nothing for a network without auxiliary module."""
    return {"taps": options["taps"], channels: options["auxiliary_channels"]} if "taps" in options else {}


NETWORKS = {"mobilenetv2": mobilenetv2, "mobilenetv2-plain": mobilenetv2, "deeplabv3-resnet50": deeplabv3_resnet50}


def create(options):
    return NETWORKS[options["network"]](options)
